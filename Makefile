# The gate is .ci/run: test, check, interop. `make check` needs only Go, and builds
# its linter the first time (minutes).

PREFIX := github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/
IDL    := internal/thriftgen/idl
THRIFT_VERSION := 0.17.0

# Tools have modules of their own, so that who imports ours does not inherit them.
# The linter's is apart, for it needs other versions of what the rest needs.
TOOL := go tool -modfile=tools/go.mod
LINT := go tool -modfile=tools/golangci-lint/go.mod golangci-lint

.PHONY: test seeds help check shuffle lint vuln interop interop-full bench gen golden fuzz hostile interrupt nohang soak mutants rule sim image kustomize release release-check kubernetes

test: ## every test, in pure Go
	go test ./...

# seeds tries every row of docs/faults.md with 50 seeds (20 where a run takes seconds),
# its healthy run with 100, the rows where chance decides with 200, and healthy balancers
# without sockets with 1000. It prints one line a row. Runs wait more than they compute,
# so several go on at once. Each test is a process, for cobra keeps the flags of every
# command that it ever had: some megabytes a run.
SEEDS ?= 50
SEED_TESTS := TestHealthyBalancers_WithoutSockets TestDemo_HealthyRuns TestDemo_ReportsFaults
seeds: ## the fault rows and their healthy runs with many seeds, and a fault at every call to AWS (an hour)
	@go test ./internal/provision -run 'AfterAnyFault$$' -sweep-step 1 -count 1
	@go test ./scenarios/merge -run 'OfShardsHasThePowerOfOneRun$$' -shard-seeds 400 -timeout 1h -count 1
	@: > seeds.log; code=0; for t in $(SEED_TESTS); do \
	  go test ./cmd/impala-lbcheck -run "^$$t$$" -seeds $(SEEDS) -parallel 6 -timeout 1h -count 1 -v >> seeds.log 2>&1 || code=1; done; \
	grep '^seeds: ' seeds.log; test $$code = 0 || echo "failed: seeds.log has the reports"; exit $$code

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# gen reproduces the committed Thrift code; Debian's thrift-compiler is pinned
# because another version writes other code.
gen: ## the Thrift code from internal/thriftgen/idl (needs thrift-compiler)
	@thrift --version | grep -qF "$(THRIFT_VERSION)" || { echo "gen needs thrift-compiler $(THRIFT_VERSION) (apt install thrift-compiler)"; exit 1; }
	for f in hs2 beeswax; do \
	  thrift --gen go:skip_remote,package_prefix=$(PREFIX) -out internal/thriftgen $(IDL)/$$f.thrift || exit 1; done
	gofmt -w internal/thriftgen

# check is everything that needs no other software.
check: lint ## format, vet for three systems, lint, race detector, a tidy go.mod, bench's own tests
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go vet -tags rule ./scenarios/judge
	go vet -tags noaws ./...
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	go mod tidy -diff
	go -C bench vet ./...
	go -C bench test ./...
	go -C tools/image vet ./...
	go -C tools/image test ./...
	go -C tools/mutants vet ./...
	go -C tools/mutants test ./...
	go test -tags noaws ./cmd/impala-lbcheck -run '^TestNoAWS_'
	CGO_ENABLED=1 go test -race -timeout 30m ./...

# A test that needs another one before it, or leaves something behind, fails here.
shuffle: ## every test three times in another order, under the race detector (half an hour)
	CGO_ENABLED=1 go test -shuffle=on -race -count=3 -timeout 90m ./...

# actionlint calls no other linter, so that the result is the same everywhere.
lint: ## golangci-lint by .golangci.yml, and actionlint on the workflows
	$(LINT) run ./...
	$(TOOL) actionlint -shellcheck= -pyflakes= .github/workflows/*.yml

# A vulnerability is red; a database that cannot be reached proves nothing either way.
vuln: ## known vulnerabilities in the code that is called (needs vuln.go.dev)
	@out=$$($(TOOL) govulncheck ./... 2>&1); code=$$?; echo "$$out"; \
	case "$$out" in *"fetching vulnerabilities"*) echo "NOT PROVEN: the database of vulnerabilities cannot be reached"; exit 0;; esac; \
	exit $$code

# interop installs and starts real software and prints one line a proof.
interop: ## proofs against real software (root, Debian)
	go run ./interop

# interop-full adds the proofs that start more servers, and takes several minutes more.
interop-full: ## all of interop and the proofs that take long (root, Debian)
	go run ./interop --full

BENCHFLAGS ?=
bench: ## the client beside others, into bench/results.md (root, Debian)
	cd bench && go run . $(BENCHFLAGS)

golden: ## rewrite the goldens of reports, commands and APIs: read the diff
	go test ./report ./cmd/... ./internal/floors ./internal/schema -update

# A target that fails leaves its input in testdata/fuzz, and the others go on.
FUZZTIME ?= 1m
fuzz: ## every fuzz target for FUZZTIME (1m), with the inputs that each tried
	@for d in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do for f in $$(go test -list '^Fuzz' ./$$d | grep '^Fuzz'); do \
	  go test ./$$d -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) > fuzz.log 2>&1 || cat fuzz.log; \
	  echo "fuzz: $$d $$f $$(grep -o 'execs: [0-9]*' fuzz.log | tail -1)"; done; done | tee fuzzed.log; \
	awk '/^fuzz: .* Fuzz/ { n++; sum += $$NF } /^--- FAIL|^FAIL/ { bad = 1 } END { printf "%d targets, %d inputs\n", n, sum; exit bad }' fuzzed.log

# Each tampered reply ends with a whole session or an error of a class, in bounded time and
# memory. Without -hostile, the same tests try some of them.
hostile: ## what peers say, changed at every byte: more than 280 000 replies (a quarter of an hour)
	@go test -p 1 $$(git grep -l '^func TestTampered_' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's,^,./,') -run '^TestTampered_' -hostile -count 1 -timeout 30m -v > hostile.log 2>&1; code=$$?; \
	grep -o 'hostile: .*' hostile.log; \
	awk '/hostile: / { for (i = 1; i < NF; i++) if ($$(i+1) ~ /^replies/) sum += $$i } END { print sum " replies" }' hostile.log; \
	test $$code = 0 || echo "failed: hostile.log has the reports"; exit $$code

# Each command is timed first, and then interrupted while it goes on: by every signal, stopped
# and continued, with nobody who reads its stdout, and killed. Go test tries a few of these.
INTERRUPTIONS ?= 740
INTERRUPT_SEED ?= 1
interrupt: ## every command interrupted at random moments, 740 times (two minutes)
	@go test ./cmd/impala-lbcheck -run '^TestInterrupt_' -interruptions $(INTERRUPTIONS) -interrupt-seed $(INTERRUPT_SEED) -count 1 -timeout 1h -v > interrupt.log 2>&1; code=$$?; \
	grep '^interrupt:' interrupt.log; test $$code = 0 || echo "failed: interrupt.log has the reports"; exit $$code

# Times are held against limits here alone: on a machine with much else to do they mean
# nothing. What has a limit of a minute waits a hundred at once.
NOHANG := go test ./cmd/impala-lbcheck -count 1 -timeout 1h -v
nohang: ## every command before all that may never answer, held to 1.2 of its limit and 0.5 s (five minutes)
	@code=0; $(NOHANG) -nohang 4 -run '^TestNoHang_(Names|Stdin|Clients|OnEvent|Readers)$$' > nohang.log 2>&1 || code=1; \
	$(NOHANG) -nohang 32 -run '^TestNoHang_(Sessions|Pages)$$' >> nohang.log 2>&1 || code=1; \
	$(NOHANG) -nohang 100 -run '^TestNoHang_(Files|AWS|UserCommands)$$' >> nohang.log 2>&1 || code=1; \
	grep '^nohang:' nohang.log | sort; test $$code = 0 || echo "failed: nohang.log has the reports"; exit $$code

# Runs of every kind, over every way in, with faults that come and go, in one process. What
# each reports is what the simulated cluster counted, and the process does not grow. It is
# paced: a tenth of a core or so.
SOAK ?= 30m
soak: ## every scenario over every way in for SOAK (30m), with faults: nothing leaks, counts add up
	@go test ./internal/soak -run '^TestSoak$$' -soak $(SOAK) -count 1 -timeout 24h -v

# A mutant that no test notices shows behaviour that no test holds. Those that lived are
# tried again, and no other, by MUTANTFLAGS="-again $PWD/mutants.log".
MUTANTS ?= 400
SEED ?= 1
MUTANTFLAGS ?=
mutants: ## one small mistake after another in the shipped code, 400 by chance, of which tests have to notice 90 % (an hour)
	@go -C tools/mutants run . -n $(MUTANTS) -seed $(SEED) $(MUTANTFLAGS) > mutants.new; code=$$?; mv mutants.new mutants.log; \
	grep '^lived' mutants.log; sed -n '/^seed/,$$p' mutants.log; exit $$code

# The rates that docs/statistics.md publishes; read the difference before you commit it.
rule: ## the balance rule, simulated in full (five minutes on two idle cores)
	go test ./scenarios/judge -tags rule -run 'TestRuleInFull' -update -timeout 2h -v
	go test ./scenarios/judge -run 'TestRule_Document' -update
	go test ./scenarios/judge -run 'TestRule_MeasuredAsWanted'

# As a release has it, of any commit: its version is what git calls the commit, its time is
# the commit's.
image: ## the container image of this commit for both platforms, as dist/image.tar
	for arch in amd64 arm64; do \
	  GOFLAGS= CGO_ENABLED=0 GOOS=linux GOARCH=$$arch go build -trimpath -ldflags "-s -w -buildid=" -o dist/image/$$arch ./cmd/impala-lbcheck || exit 1; done
	go -C tools/image run . -version "$$(git describe --tags --always --dirty | sed s/^v//)" -created "$$(git log -1 --format=%cI)" -revision "$$(git rev-parse HEAD)" \
	  -amd64 "$(CURDIR)/dist/image/amd64" -arm64 "$(CURDIR)/dist/image/arm64" -o "$(CURDIR)/dist/image.tar"

# The schemas come with the Python package, for several versions of Kubernetes.
kustomize: ## the manifests of deploy/kustomize, built and held against Kubernetes' schemas (root, Debian)
	go run ./interop kustomize

# A release is made of a clean checkout whose HEAD has the tag: docs/releasing.md.
release: ## all artefacts of a release in dist/, but uploads nothing (half an hour the first time)
	release/build

release-check: ## the release of HEAD from two clones, whose bytes must be the same (an hour)
	release/reproduce

# Kubernetes is compiled from its module the first time: ten minutes on two idle cores.
kubernetes: ## the CronJob and Jobs of shards in a real cluster under the profile restricted (root, Debian)
	go run ./interop kubernetes

sim: ## the simulated cluster on ports 21050 and 21000
	go run -tags noaws ./cmd/impala-lbcheck sim --hs2-port 21050 --beeswax-port 21000
