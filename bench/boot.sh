#!/bin/bash
# From nothing to a container's first output in a virtual machine of its own, beside the floor: QEMU alone, booting the same kernel to an init
# that powers off; whose memory it takes; and with `steps` what each part of the machine's command line is worth. As root. On a busy machine the
# seconds of processors tell more than those that passed.
#
#   bench/boot.sh [BINARY [ROUNDS [steps]]]
set -euo pipefail
binary=$(realpath "${1:-.build/release/swiftrun}")
rounds=${2:-5}
kernel=$PWD/.build/guest/kernel/vmlinuz
(( EUID == 0 )) || { echo "skipped: needs root"; exit 0; }
[[ -e $kernel ]] && qemu=$(command -v qemu-system-x86_64) || { echo "skipped: no guest kernel (.ci/guest-kernel) or QEMU"; exit 0; }

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p bundle/rootfs/bin floor/bin
cp "$(command -v busybox)" floor/bin/busybox
cp floor/bin/busybox bundle/rootfs/bin/busybox
for tool in sh cat sleep; do ln -s busybox "bundle/rootfs/bin/$tool"; done
printf '#!/bin/busybox sh\n/bin/busybox poweroff -f\n' > floor/init
chmod +x floor/init
(cd floor && find . | cpio --create --format=newc --quiet) > floor.img
ln -s "$binary" swiftrun-vm

(cd bundle && "$binary" spec)
sed -i 's/"terminal": true/"terminal": false/; s/^\(\s*\)"sh"$/\1"cat", "\/proc\/uptime"/' bundle/config.json
sed -i '0,/{/s||{\n\t"vm": {"kernel": {"path": "'"$kernel"'"}},|' bundle/config.json

accelerator=(-accel tcg,thread=multi -cpu max)
grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo && [[ -w /dev/kvm ]] && accelerator=(-accel kvm -cpu host)
haste="tsc=reliable cryptomgr.notests 8250.nr_uarts=1 rcupdate.rcu_expedited=1 random.trust_cpu=on audit=0 lsm=landlock,yama,bpf"
bare=q35,usb=off,sata=off,smbus=off,vmport=off,hpet=off,i8042=off

# boot MACHINE WORDS INITRD [ARGUMENT...]
boot() {
    local machine=$1 words=$2 initrd=$3
    shift 3
    "$qemu" -nodefaults -no-user-config -no-reboot -display none -m 1024 "${accelerator[@]}" -M "$machine" -kernel "$kernel" -initrd "$initrd" \
        -append "panic=-1 no_timer_check quiet $words" -serial null "$@" > boot.log 2>&1
}

# The middle of the rounds' seconds: passed, and of the processors.
TIMEFORMAT='%R %U %S'
measure() {
    local title=$1 round
    shift
    for (( round = 0; round < rounds; round++ )); do { time "$@" >&3 2>&3; } 2>&1; done 3>>output.log |
        awk '{ print $1, $2 + $3 }' | sort --numeric-sort --key=2 | sed -n "$(( (rounds + 1) / 2 ))p" |
        awk -v title="$title" '{ printf "%-58s %6.2f s passed %6.2f s of processors\n", title, $1, $2 }'
}

uptime
measure "floor: the kernel to an init that powers off" boot "$bare" "console=ttyS0 $haste" floor.img
measure "run: create, start, first output, its end, delete" ./swiftrun-vm --root "$work/state" run --bundle "$work/bundle" bench

if [[ ${3:-} == steps ]]; then
    measure "the floor without anything for speed" boot q35 "console=ttyS0" floor.img
    measure "  and without what q35 brings" boot "$bare" "console=ttyS0" floor.img
    for word in $haste; do measure "  and with $word" boot q35 "console=ttyS0 $word" floor.img; done
    measure "  and with qboot as firmware" boot q35 "console=ttyS0" floor.img -bios qboot.rom
    measure "  and with four ports for interfaces" boot q35 "console=ttyS0" floor.img $(printf -- '-device pcie-root-port,chassis=%d ' 1 2 3 4)
    measure "  and with a bridge for interfaces" boot q35 "console=ttyS0" floor.img -device pcie-pci-bridge
fi

sed -i 's|"cat", "/proc/uptime"|"sleep", "1000"|' bundle/config.json
./swiftrun-vm --root "$work/state" run --detach --pid-file pid --bundle "$work/bundle" bench < /dev/null > /dev/null 2>&1
supervisor=$(< pid)
memory() {
    local pid
    for pid in "$@"; do
        echo "$(tr '\0' ' ' < "/proc/$pid/cmdline" | cut -c 1-40) $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")"
        memory $(pgrep --parent "$pid" || true)
    done
}
echo "KiB of memory, shared pages divided among those that share them:"
memory "$supervisor"
./swiftrun-vm --root "$work/state" delete --force bench
