# make run    try it: the handler behind nginx on 127.0.0.1:8080, one signed event, a row in a table
# make test   check it: build, format, every test
# make build  the release binaries: .build/release/clerk-sync.fcgi and, for the operator, clerk-sync
# make bench  measure it beside PHP-FPM and Go: Tests/Benchmark/RESULTS.md; about 15 minutes
# make bench-steps  where the time of one request goes

HANDLER_PACKAGES = pkg-config libfcgi-dev libssl-dev libsqlite3-dev
BUILD_PACKAGES = $(HANDLER_PACKAGES) libcurl4-openssl-dev
RUN_PACKAGES = $(HANDLER_PACKAGES) nginx spawn-fcgi sqlite3 curl openssl
TEST_PACKAGES = $(RUN_PACKAGES) $(BUILD_PACKAGES) python3 python3-venv strace lighttpd apache2 libapache2-mod-fcgid caddy \
  media-types systemd runit multiwatch procps
BENCH_PACKAGES = $(HANDLER_PACKAGES) nginx spawn-fcgi wrk python3 php-fpm php-cgi php-sqlite3 golang-go gcc libc6-dev \
  golang-github-mattn-go-sqlite3-dev
STEPS_PACKAGES = $(HANDLER_PACKAGES) valgrind

HANDLER = .build/release/clerk-sync.fcgi
# The Swift runtime inside, so that the target machine needs no toolchain; no symbols.
RELEASE = -c release --static-swift-stdlib -Xlinker -s -Xlinker -L$(CURDIR)/$(RUNTIME)
# The C++ library inside, too: loading it would be a tenth of the time of a CGI request.
RUNTIME = .build/runtime
VENV = .build/venv
PEER = .build/bench/webhook-go

PACKAGES = packages-handler packages-build packages-run packages-test packages-bench packages-steps

.PHONY: run test build handler bench bench-steps format clean $(PACKAGES)

run: packages-run
	@$(MAKE) --no-print-directory handler
	@conf/development/run $(HANDLER)

test: packages-test
	@$(MAKE) --no-print-directory build $(VENV)/ready
	swift format lint --strict -r Package.swift Sources Tests
	CLERK_SYNC_HANDLER=$(CURDIR)/$(HANDLER) swift test --disable-xctest
	@echo "The same with a shared connection:"
	CLERK_SYNC_TEST_CONNECTION=shared CLERK_SYNC_HANDLER=$(CURDIR)/$(HANDLER) swift test --disable-xctest --skip-build \
	  --filter 'ClerkSyncTests|GatewayTests|DurabilityTests'

build: packages-build handler
	swift build $(RELEASE) --product clerk-sync

handler: packages-handler
	@mkdir -p $(RUNTIME)
	@library=$$(clang -print-file-name=libstdc++.a) && [ -f "$$library" ] && ln -sf "$$library" $(RUNTIME)/ || true
	swift build $(RELEASE) --product clerk-sync.fcgi

bench: packages-bench
	@$(MAKE) --no-print-directory handler $(PEER)
	/usr/bin/python3 -B Tests/Benchmark/benchmark.py $(HANDLER) $(PEER)

bench-steps: packages-steps
	Tests/Benchmark/steps

format:
	swift format format -i -r Package.swift Sources Tests

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
	@conf/development/install $($(shell echo $* | tr a-z A-Z)_PACKAGES)
