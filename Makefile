# The gate is .ci/run: test, check, interop. `make check` needs only Go.

PREFIX := github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/
IDL    := internal/thriftgen/idl
THRIFT_VERSION := 0.17.0

.PHONY: test check interop bench gen golden fuzz sim

test:
	go test ./...

# gen reproduces the committed Thrift code; Debian's thrift-compiler is pinned
# because another version writes other code.
gen:
	@thrift --version | grep -qF "$(THRIFT_VERSION)" || { echo "gen needs thrift-compiler $(THRIFT_VERSION) (apt install thrift-compiler)"; exit 1; }
	for f in hs2 beeswax; do \
	  thrift --gen go:skip_remote,package_prefix=$(PREFIX) -out internal/thriftgen $(IDL)/$$f.thrift || exit 1; done
	gofmt -w internal/thriftgen

# check is everything that needs no other software: format, vet here and for the
# other two systems, static analysis, the race detector, and a tidy go.mod.
check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	go tool staticcheck $$(go list ./... | grep -v /thriftgen/) # generated code has a style of its own
	go mod tidy -diff
	go test -race ./...

# interop installs and starts real software (root, Debian) and prints one line a proof.
interop:
	go run ./interop

# bench compares the client with others and writes bench/results.md (root, Debian).
BENCHFLAGS ?=
bench:
	cd bench && go run . $(BENCHFLAGS)

golden:
	go test ./report ./cmd/... ./internal/floors -update

FUZZTIME ?= 20s
fuzz:
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  echo "$$p $$f"; go test $$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) || exit 1; done; done

sim:
	go run ./cmd/impala-lbcheck sim --hs2-port 21050 --beeswax-port 21000
