# The gate is .ci/run: test, check, interop. `make check` needs only Go.

PREFIX := github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/
IDL    := internal/thriftgen/idl
THRIFT_VERSION := 0.17.0

.PHONY: test check interop gen golden fuzz sim

test:
	go test ./...

# gen reproduces the committed Thrift code; Debian's thrift-compiler is pinned
# because another version writes other code.
gen:
	@thrift --version | grep -qF "$(THRIFT_VERSION)" || { echo "gen needs thrift-compiler $(THRIFT_VERSION) (apt install thrift-compiler)"; exit 1; }
	for f in hs2 beeswax; do \
	  thrift --gen go:skip_remote,package_prefix=$(PREFIX) -out internal/thriftgen $(IDL)/$$f.thrift || exit 1; done
	gofmt -w internal/thriftgen
