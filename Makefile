# Without a target, make prints help.

HANDLER_PACKAGES = pkg-config libfcgi-dev libssl-dev libsqlite3-dev libhiredis-dev
BUILD_PACKAGES = $(HANDLER_PACKAGES) libcurl4-openssl-dev
RUN_PACKAGES = $(HANDLER_PACKAGES) nginx spawn-fcgi sqlite3 curl openssl
TEST_PACKAGES = $(RUN_PACKAGES) $(BUILD_PACKAGES) python3 python3-venv strace lighttpd apache2 libapache2-mod-fcgid caddy \
  media-types systemd runit multiwatch procps prometheus chromium fonts-dejavu-core \
  redis-server redis-tools iproute2 mandoc valgrind
MAN_PACKAGES = $(BUILD_PACKAGES) python3
BENCH_PACKAGES = $(BUILD_PACKAGES) nginx redis-server spawn-fcgi wrk python3 php-fpm php-cgi php-sqlite3 golang-go gcc libc6-dev \
  golang-github-mattn-go-sqlite3-dev
DIST_PACKAGES = $(BUILD_PACKAGES)
DEB_PACKAGES = $(BUILD_PACKAGES) debhelper dpkg-dev fakeroot lintian
TEST_DIST_PACKAGES = $(DIST_PACKAGES) $(DEB_PACKAGES) debootstrap systemd-container
IMAGE_PACKAGES = $(DEB_PACKAGES) debootstrap buildah
TEST_IMAGE_PACKAGES = $(IMAGE_PACKAGES) podman crun
STEPS_PACKAGES = $(HANDLER_PACKAGES) valgrind
INSTRUCTIONS_PACKAGES = $(BUILD_PACKAGES) valgrind
FUZZ_PACKAGES = $(BUILD_PACKAGES)
SANITIZE_PACKAGES = $(BUILD_PACKAGES)

HANDLER = .build/release/clerk-sync.fcgi
# The Swift runtime is linked in, so that the target machine needs no toolchain. Symbols are stripped, and functions with
# the same code merged: 130 KB of 15 MB. There is no rpath: every library is the system's.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath $(STATIC_GCC) $(DIRECT_METADATA) \
  -Xlinker -s -Xlinker --icf=safe -Xlinker -L$(CURDIR)/$(RUNTIME)
# libgcc and libstdc++ are linked statically too: loading them takes a tenth of a CGI request.
STATIC_GCC = -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
# A generic type is then made with the conformances that the compiler knows. Otherwise the runtime searches all of the
# program's conformances for each, once a process: 1.5 of 10 million instructions of a CGI request.
DIRECT_METADATA = -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors
# At a fixed address the handler needs no relocation, which takes 0.4 of 5.6 ms of a CGI request. The libraries, the
# heap and the stack keep their random addresses.
FIXED_ADDRESS = -Xlinker --no-pie
# hiredis is linked statically as well: its name differs between the releases of Debian, and a package that needs one of
# the names installs on one release only.
RUNTIME = .build/runtime
SYSTEM_RELEASE = $(RELEASE) --pkg-config-path $(CURDIR)/$(RUNTIME)
VERSION = $(shell sed -n 's/.* version = "\(.*\)"$$/\1/p' Sources/Settings/Release.swift)
DIST_RELEASE = --scratch-path .build/static $(RELEASE)
DIST_LIBRARIES = .build/libraries
VENV = .build/venv
PEER = .build/bench/webhook-go
# The seconds of each target of the fuzzer, and the targets; by default all of them.
FUZZ_SECONDS = 60
FUZZ_TARGET =

PACKAGES = packages-handler packages-build packages-run packages-test packages-dist packages-deb packages-test_dist \
  packages-image packages-test_image packages-man packages-bench packages-steps packages-instructions packages-fuzz \
  packages-sanitize

STEP = @conf/development/step
TEST_PROGRAMS = CLERK_SYNC_HANDLER=$(CURDIR)/$(HANDLER)

.PHONY: help run check test build handler runtime dist deb test-dist image test-image bench bench-steps instructions \
  fuzz sanitize format man lint clean $(PACKAGES)

help:
	@echo "make run        try it: the handler behind nginx on 127.0.0.1:8080, one signed event, a row in a table"
	@echo "make check      before a commit: format, build, and the tests that need no server; about two minutes"
	@echo "make test       everything: format, build, every test; about 16 minutes"
	@echo "make build      the release programs: .build/release/clerk-sync.fcgi and, for the operator, clerk-sync"
	@echo "make format     write the sources in the project's format"
	@echo "make man        write the man pages in conf/man from the command's help and the example settings"
	@echo "make dist       an archive that needs only glibc where it is installed, in .build/dist"
	@echo "make deb        a Debian package on the distribution's libraries, in .build/deb"
	@echo "make test-dist  both of them in a fresh Debian 12 and 13, with systemd; as root, with the network"
	@echo "make image      a container image with nginx and the handler, in .build/image; as root, with the network"
	@echo "make test-image  runs the image with podman"
	@echo "make bench      measure it beside PHP-FPM and Go: Tests/Benchmark/RESULTS.md; about 15 minutes"
	@echo "make bench-steps  where the time of one request goes"
	@echo "make instructions  accept the instructions that a request takes now, which make test compares"
	@echo "make fuzz       look for inputs that break it, a minute per target: FUZZ_SECONDS=600 FUZZ_TARGET=event"
	@echo "make sanitize   the unit tests with the address sanitizer and the thread sanitizer; about a quarter of an hour"
	@echo "make clean      remove what was built"

run: packages-run
	$(STEP) "Building the handler" $(MAKE) --no-print-directory handler
	@conf/development/run $(HANDLER)

check: packages-build
	$(STEP) "Checking the format" $(MAKE) --no-print-directory lint
	$(STEP) "Building the tests" swift build --build-tests
	@Tests/run check

test: packages-test
	$(STEP) "Checking the format" $(MAKE) --no-print-directory lint
	$(STEP) "Building the programs" $(MAKE) --no-print-directory build
	$(STEP) "Building the tests" swift build --build-tests
	$(STEP) "Preparing the test helpers" $(MAKE) --no-print-directory $(VENV)/ready
	@$(TEST_PROGRAMS) Tests/run all

lint:
	swift format lint --strict -r Package.swift Sources Tests

build: packages-build handler
	swift build $(SYSTEM_RELEASE) --product clerk-sync

handler: packages-handler runtime
	swift build $(SYSTEM_RELEASE) $(FIXED_ADDRESS) --product clerk-sync.fcgi

runtime:
	@conf/dist/libraries $(RUNTIME) libcrypto.so libsqlite3.so libfcgi.so libhiredis.a
	@library=$$(clang -print-file-name=libstdc++.a) && [ -f "$$library" ] && ln -sf "$$library" $(RUNTIME)/ || true

# Debian has no static libcurl, because libkrb5 and others have none. The archive ships the shared library and its
# dependencies in lib/, and libcrypto too, so that libcurl and the command share one copy. The old form of rpath is used
# because the libraries follow it as well.
dist: packages-dist runtime
	conf/dist/libraries $(DIST_LIBRARIES)/handler libcrypto.a libsqlite3.a libfcgi.a libhiredis.a
	swift build $(DIST_RELEASE) $(FIXED_ADDRESS) --pkg-config-path $(CURDIR)/$(DIST_LIBRARIES)/handler \
	  --product clerk-sync.fcgi
	conf/dist/libraries $(DIST_LIBRARIES)/command libcrypto.so libsqlite3.a libhiredis.a
	swift build $(DIST_RELEASE) --pkg-config-path $(CURDIR)/$(DIST_LIBRARIES)/command \
	  -Xlinker --disable-new-dtags -Xlinker -rpath -Xlinker '$$ORIGIN/../lib/clerk-sync' --product clerk-sync
	@conf/dist/archive $(VERSION) .build/static/release/clerk-sync.fcgi .build/static/release/clerk-sync

deb: packages-deb build
	@conf/debian/build $(VERSION) $(HANDLER) .build/release/clerk-sync

test-dist: packages-test_dist
	@$(MAKE) --no-print-directory dist deb
	Tests/Distribution/run .build/dist/clerk-sync-$(VERSION)-linux-$$(uname -m).tar.gz \
	  .build/deb/clerk-sync_$(VERSION)-1_$$(dpkg --print-architecture).deb

image: packages-image
	@$(MAKE) --no-print-directory deb
	@conf/container/build $(VERSION)

test-image: packages-test_image
	@$(MAKE) --no-print-directory image
	Tests/Distribution/image .build/image/clerk-sync-$(VERSION).tar localhost/clerk-sync:$(VERSION)

bench: packages-bench
	@$(MAKE) --no-print-directory build $(PEER)
	/usr/bin/python3 -B Tests/Benchmark/benchmark.py $(HANDLER) $(PEER) .build/release/clerk-sync

bench-steps: packages-steps
	Tests/Benchmark/steps

instructions: packages-instructions
	$(STEP) "Building the handler" $(MAKE) --no-print-directory handler
	$(STEP) "Building the tests" swift build --build-tests
	$(STEP) "Counting the instructions" env $(TEST_PROGRAMS) CLERK_SYNC_TEST_INSTRUCTIONS=write \
	  swift test --disable-xctest --skip-build --filter InstructionTests
	@cat Tests/Benchmark/Instructions/thresholds.json

fuzz: packages-fuzz
	$(STEP) "Building the fuzzer" Tests/Fuzz/build
	@Tests/Fuzz/run $(FUZZ_SECONDS) $(FUZZ_TARGET)

sanitize: packages-sanitize
	@Tests/Sanitizers/run address
	@Tests/Sanitizers/run thread

format:
	swift format format -i -r Package.swift Sources Tests

man: packages-man
	$(STEP) "Building the command" swift build --product clerk-sync
	conf/man/generate .build/debug/clerk-sync conf/man

clean:
	rm -rf .build

# The official Svix senders, which sign the requests of the tests.
$(VENV)/ready: Tests/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Debian's Go packages are a GOPATH; nothing is downloaded.
$(PEER): Tests/Benchmark/peers/webhook.go
	GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$(CURDIR)/.build/bench/go-cache go build -o $@ $<

$(PACKAGES): packages-%:
	@conf/development/install $(sort $($(shell echo $* | tr a-z A-Z)_PACKAGES))
