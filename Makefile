# make demo    build, and run a container: what a newcomer types first
# make demo-vm the same in a virtual machine with a kernel of its own
# make test    build, and run every test (as root: containers are run)
# make build   the release executable, static
# make install into PREFIX (/usr/local), below DESTDIR: executable, man pages, completions
# make bench   figures, beside runc's where there is one
# make fuzz    give the readers of others' bytes anything for FUZZ_SECONDS (20) each
# make lint    complain about the format of sources and manual pages; make format mends that of sources
# make clean

PREFIX  ?= /usr/local
DESTDIR ?=
INSTALL ?= install

SWIFT   ?= swift
CHECKED := --explicit-target-dependency-import-check error
# lld is the toolchain's own linker, and the one that reads the script. Nobody compares addresses of functions: it may fold the same ones.
RELEASE := -c release $(CHECKED) --static-swift-stdlib -Xswiftc -static-executable -Xswiftc -use-ld=lld \
    -Xswiftc -Osize -Xlinker --icf=all -Xlinker -s -Xlinker -T -Xlinker $(CURDIR)/.ci/no-unwind.ld
BINARY  := .build/release/swiftrun

BUILD_PACKAGES := libseccomp-dev libcap-dev libyajl-dev liblz4-dev
DEMO_PACKAGES  := busybox-static
DEMO_VM_PACKAGES := busybox-static qemu-system-x86 kmod
BENCH_PACKAGES := busybox-static hyperfine cpio lz4
TEST_PACKAGES  := busybox-static strace mandoc iproute2 runc uidmap qemu-system-x86 mmdebstrap e2fsprogs kmod dbus-daemon \
    containerd podman conmon docker.io skopeo umoci catatonit python3-grpcio containernetworking-plugins iptables \
    $(if $(shell command -v cc),,gcc libc6-dev)

.PHONY: demo demo-vm test build install bench fuzz lint format clean

demo: build
	@.ci/packages $(DEMO_PACKAGES)
	@.ci/demo $(BINARY)

demo-vm: build
	@.ci/packages $(DEMO_VM_PACKAGES)
	@.ci/guest-kernel
	@.ci/demo-vm $(BINARY)

build:
	@.ci/packages $(BUILD_PACKAGES)
	$(SWIFT) build $(RELEASE) --product swiftrun
	@.ci/static $(BINARY)

test:
	@.ci/packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@.ci/guest-kernel
	@.ci/guest-root
	@$(MAKE) --no-print-directory build
	SWIFTRUN_BINARY=$(CURDIR)/$(BINARY) .ci/test $(SWIFT) test $(CHECKED) --disable-xctest --no-parallel

$(BINARY):
	@$(MAKE) --no-print-directory build

install: $(BINARY)
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man8 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(INSTALL) -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/swiftrun
	ln -sf swiftrun $(DESTDIR)$(PREFIX)/bin/swiftrun-vm
	$(INSTALL) -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	$(BINARY) completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/swiftrun
	$(BINARY) completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_swiftrun
	$(BINARY) completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/swiftrun.fish

bench: build
	@.ci/packages $(BENCH_PACKAGES)
	@for script in bench/*.sh; do echo "== $$script"; $$script $(BINARY) || exit 1; done

fuzz:
	@.ci/packages $(BUILD_PACKAGES)
	@.ci/fuzz $(SWIFT)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	mandoc -T lint -W warning man/*.8

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	$(SWIFT) package clean
