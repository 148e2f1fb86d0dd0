#!/bin/bash
# From nothing to a container's first output in a virtual machine of its own, beside the floor: QEMU alone, booting the same kernel to an init
# that powers off; whose memory it takes; and with `steps` what each thing is worth that is done, or could be, for a faster boot. As root.
# On a busy machine the seconds of processors tell more than those that passed, and the least of the rounds more than their middle.
#
#   bench/boot.sh [BINARY [ROUNDS [steps]]]
set -euo pipefail
binary=$(realpath "${1:-.build/release/swiftrun}")
rounds=${2:-5}
kernel=$PWD/.build/guest/kernel/vmlinuz
(( EUID == 0 )) || { echo "skipped: needs root"; exit 0; }
[[ -e $kernel ]] && qemu=$(command -v qemu-system-x86_64) || { echo "skipped: no guest kernel (.ci/guest-kernel) or QEMU"; exit 0; }

work=$(mktemp --directory)
# Whoever reads the figures may have gone: the machine is not to stay.
clean() {
    [[ ! -d $work/state/bench ]] || "$binary" --root "$work/state" delete --force bench
    rm -rf "$work"
}
trap clean EXIT
cd "$work"

mkdir -p bundle/rootfs/bin floor/bin
cp "$(command -v busybox)" floor/bin/busybox
cp floor/bin/busybox bundle/rootfs/bin/busybox
for tool in sh cat sleep; do ln -s busybox "bundle/rootfs/bin/$tool"; done
printf '#!/bin/busybox sh\n/bin/busybox poweroff -f\n' > floor/init
chmod +x floor/init
pack() { (cd floor && find . | cpio --create --format=newc --quiet); }
pack > floor.img
ln -s "$binary" swiftrun-vm

(cd bundle && "$binary" spec)
sed -i 's/"terminal": true/"terminal": false/; s/^\(\s*\)"sh"$/\1"cat", "\/proc\/uptime"/' bundle/config.json
sed -i '0,/{/s||{\n\t"vm": {"kernel": {"path": "'"$kernel"'"}},|' bundle/config.json

# What the runtime gives a machine: Sources/Machine/{Architecture,QEMUArguments}.swift.
accelerator=tcg,thread=multi usual=max spared=max,-erms,-fsrm
grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo && [[ -w /dev/kvm ]] && accelerator=kvm usual=host spared=host
bare=q35,usb=off,sata=off,smbus=off,vmport=off,hpet=off,i8042=off
haste="tsc=reliable cryptomgr.notests 8250.nr_uarts=1 rcupdate.rcu_expedited=1 random.trust_cpu=on audit=0 lsm=landlock,yama,bpf"

# boot KERNEL MACHINE PROCESSOR WORDS INITRD [ARGUMENT...]
boot() {
    local kernel=$1 machine=$2 processor=$3 words=$4 initrd=$5
    shift 5
    "$qemu" -nodefaults -no-user-config -no-reboot -display none -m 1024 -accel "$accelerator" -cpu "$processor" -M "$machine" \
        -kernel "$kernel" -initrd "$initrd" -append "panic=-1 no_timer_check quiet console=ttyS0 $words" -serial null "$@" > boot.log 2>&1
}

# Seconds: the middle of those that passed; the middle and the least of those of the processors.
TIMEFORMAT='%R %U %S'
measure() {
    local title=$1 round
    shift
    for (( round = 0; round < rounds; round++ )); do { time "$@" >&3 2>&3; } 2>&1; done 3>>output.log |
        awk '{ print $1, $2 + $3 }' | sort --numeric-sort --key=2 |
        awk -v title="$title" '{ passed[NR] = $1; used[NR] = $2 } END { middle = int((NR + 1) / 2)
            printf "%-55s %5.2f passed %5.2f of processors, least %5.2f\n", title, passed[middle], used[middle], used[1] }'
}

uptime
measure "floor: the kernel to an init that powers off" boot "$kernel" q35 $usual "" floor.img
measure "run: create, start, first output, its end, delete" ./swiftrun-vm --root "$work/state" run --bundle "$work/bundle" bench

if [[ ${3:-} == steps ]]; then
    measure "the floor without usb, sata, smbus, vmport" boot "$kernel" "${bare%,hpet*}" $usual "" floor.img
    measure "  without hpet and i8042 too" boot "$kernel" "$bare" $usual "" floor.img
    for word in $haste; do measure "  and with $word" boot "$kernel" "$bare" $usual "$word" floor.img; done
    measure "  and with all of these" boot "$kernel" "$bare" $usual "$haste" floor.img
    measure "    and with moving of bytes not said to be fast" boot "$kernel" "$bare" $spared "$haste" floor.img
    if command -v lz4 > /dev/null; then
        number() { od --address-radix=n --format="u$2" --skip-bytes="$1" --read-bytes="$2" "$kernel"; }
        dd if="$kernel" bs=64K iflag=skip_bytes,count_bytes skip=$(( ($(number 0x1f1 1) + 1) * 512 + $(number 0x248 4) )) \
            count=$(( $(number 0x24c 4) - 4 )) status=none | lz4 -dcq > vmlinux
        measure "    and with the kernel unpacked" boot vmlinux "$bare" $spared "$haste" floor.img
        cp "$binary" floor/agent
        pack > large.img
        measure "      and with this program in the initial filesystem" boot vmlinux "$bare" $spared "$haste" large.img
        measure "      and with qboot as firmware" boot vmlinux "$bare" $spared "$haste" floor.img -bios qboot.rom
        measure "      and with a bridge for interfaces" boot vmlinux "$bare" $spared "$haste" floor.img -device pcie-pci-bridge
        measure "      and with four ports for interfaces" boot vmlinux "$bare" $spared "$haste" floor.img \
            $(printf -- '-device pcie-root-port,chassis=%d ' 1 2 3 4)
    else
        echo "skipped: the unpacked kernel, for there is no lz4"
    fi
fi

sed -i 's|"cat", "/proc/uptime"|"sleep", "1000"|' bundle/config.json
./swiftrun-vm --root "$work/state" run --detach --pid-file supervisor --bundle "$work/bundle" bench < /dev/null > /dev/null 2>&1
./swiftrun-vm --root "$work/state" exec --detach --pid-file proxy bench sleep 1000 < /dev/null > /dev/null 2>&1
memory() {
    local pid
    for pid in "$@"; do
        echo "$(tr '\0' ' ' < "/proc/$pid/cmdline" | cut -c 1-40) $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")"
        memory $(pgrep --parent "$pid" || true)
    done
}
echo "KiB of memory, shared pages divided among those that share them:"
memory "$(< supervisor)" "$(< proxy)"
