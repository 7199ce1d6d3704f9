package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

var update = flag.Bool("update", false, "rewrite docs/faults.md from the table of faults")

// faultRow is one line of docs/faults.md and one test: demo with these
// settings fails exactly these findings and exits so.
type faultRow struct {
	faults   []string // --fault; none: the situation is made by settings alone
	title    string   // what the line is called where faults do not say it
	whose    string
	does     string
	scenario string   // of demo; "" is smoke
	hurried  bool     // the row is about a session without an answer: it waits 1 s for one
	settings string   // flags besides --fault
	fails    []string // finding ids; empty: tolerated
	open     []string // finding ids that must be inconclusive
	exit     int
	called   string   // what the document says of it
	says     []string // each must be in the text report
	check    func(*testing.T, scenarios.Result)
	twin     string // settings of the healthy twin, where they are not the row's own
	noTwin   bool   // the row is itself healthy, or shares its twin with the row before
}

func (r faultRow) name() string {
	if r.title != "" {
		return r.title
	}
	return strings.Join(r.faults, ", ")
}

// demo is the scenario that the row runs.
func (r faultRow) demo() string {
	if r.scenario == "" {
		return "smoke"
	}
	return r.scenario
}

func (r faultRow) args(out string, twin bool) []string {
	args := []string{"demo", r.demo(), "--quiet", "--out", out}
	if !r.hurried {
		args = append(args, "--timeout", "20s") // a busy machine must not look like a stalled coordinator
	}
	settings := r.settings
	if twin && r.twin != "" {
		settings = r.twin
	}
	args = append(args, splitSettings(settings)...)
	if !twin {
		for _, f := range r.faults {
			args = append(args, "--fault", f)
		}
	}
	return args
}

// splitSettings splits at blanks, but not inside single quotes.
func splitSettings(s string) []string {
	var out []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// faultRows are all of them.
var faultRows = slices.Concat(smokeFaults, loadFaults)

// smokeFaults are what smoke meets.
var smokeFaults = []faultRow{
	{
		faults: []string{"dead@2"}, whose: "coordinator",
		does:  "gone, and the balancer's health check knows: no connection is sent there, no session errs",
		fails: []string{scenarios.BalanceCoverage}, exit: 1, called: "balance.coverage, naming it",
		says: []string{"coord-a2:25000"},
	}, {
		faults: []string{"refused@2"}, whose: "coordinator",
		does:  "registered, its port closed: the client connects to the balancer and meets EOF",
		fails: []string{scenarios.ErrorsRate}, open: []string{scenarios.BalanceCoverage}, exit: 1,
		called: "errors.rate (open.eof); coverage inconclusive",
		says:   []string{"open.eof"},
	}, {
		faults: []string{"hung@1"}, whose: "coordinator", hurried: true,
		does:  "accepts, never answers; a TCP check calls it healthy",
		fails: []string{scenarios.ErrorsRate}, open: []string{scenarios.BalanceCoverage}, exit: 1,
		called: "errors.rate (open.timeout); coverage inconclusive, naming the unseen",
		says:   []string{"open.timeout", "coord-a1"},
	}, {
		faults: []string{"draining@3"}, whose: "coordinator",
		does:  `OpenSession answers "Server is being shut down"`,
		fails: []string{scenarios.ErrorsRate}, open: []string{scenarios.BalanceCoverage}, exit: 1,
		called: "errors.rate (open.shutting-down)",
		says:   []string{"open.shutting-down", "Server is being shut down"},
	}, {
		faults: []string{"auth-reject@3"}, whose: "coordinator", settings: "--auth ldap --tls",
		does:  "refuses a good password",
		fails: []string{scenarios.ErrorsRate}, open: []string{scenarios.BalanceCoverage}, exit: 1,
		called: "errors.rate (sasl.rejected); collecting stops at the second rejection",
		says:   []string{"sasl.rejected"},
		check: func(t *testing.T, r scenarios.Result) {
			if r.Sessions.Failed != 2 || r.Complete {
				t.Errorf("failed %d, complete %v: want to stop at 2 rejections", r.Sessions.Failed, r.Complete)
			}
		},
	}, {
		faults: []string{"auth-reject"}, whose: "coordinator", settings: "--auth ldap --tls",
		does: "all refuse", exit: 4, noTwin: true,
		called: "nothing measured: the scout's one login, and no second",
		says:   []string{"sasl.rejected"},
		check: func(t *testing.T, r scenarios.Result) {
			if r.Sessions.Scout != 1 || r.Sessions.Attempted != 0 {
				t.Errorf("scout %d, attempted %d: want one login and no second", r.Sessions.Scout, r.Sessions.Attempted)
			}
		},
	}, {
		title: "background 40:40:40:40:0", whose: "balancer",
		does:     "others' sessions; the fifth was just restarted",
		settings: "--balance leastconn --background 40:40:40:40:0 --policy leastconn",
		open:     []string{scenarios.BalanceCoverage}, exit: 3,
		called: "tolerated: unseen ones are inconclusive under leastconn without the coordinators' pages",
		twin:   "--balance leastconn --policy leastconn",
	}, {
		faults: []string{"reset-after=200@2"}, whose: "coordinator",
		does:  "RST after so many bytes",
		fails: []string{scenarios.ErrorsRate}, open: []string{scenarios.BalanceCoverage}, exit: 1,
		called: "errors.rate (a class that ends in .reset)",
		says:   []string{".reset"},
	}, {
		faults: []string{"flaky=1"}, whose: "balancer",
		does: "one connection of the run is reset, no more", exit: 0,
		called: "tolerated after a fresh look, with a loud note",
		says:   []string{"note:"},
	}, {
		faults: []string{"flaky=1"}, whose: "balancer", settings: "--strict-errors",
		does:  "the same, and one failed session is enough",
		fails: []string{scenarios.ErrorsRate}, exit: 1, called: "errors.rate",
	}, {
		faults: []string{"proxy-protocol"}, whose: "balancer",
		does: "sends a PROXY header that Impala does not know", exit: 4, noTwin: true,
		called: "nothing measured; the text names the PROXY header",
		says:   []string{"PROXY"},
	}, {
		faults: []string{"weights=6:1:1:1:1"}, whose: "balancer", settings: "--sessions 400",
		does:  "sends six shares to one",
		fails: []string{scenarios.BalanceImbalance}, exit: 1, called: "balance.imbalance",
	}, {
		faults: []string{"sticky=0.7"}, whose: "balancer", settings: "--nodes 1",
		does:  "re-uses the last coordinator so often",
		fails: []string{scenarios.BalanceOrder}, exit: 1, called: "balance.order",
	}, {
		title: "source policy", whose: "balancer", settings: "--balance source",
		does:  "one client address, one coordinator",
		fails: []string{scenarios.BalanceCoverage}, exit: 1, called: "balance.coverage",
		says: []string{"--policy"}, twin: "--balance random",
	}, {
		title: "source policy, declared", whose: "balancer", settings: "--balance source --policy source",
		does: "the same, as declared", exit: 0, called: "tolerated", noTwin: true,
	}, {
		faults: []string{"zones=2:2:1"}, whose: "balancer", settings: "--nodes 3",
		does:  "each node reaches its own zone only",
		fails: []string{scenarios.BalanceReach}, exit: 1, called: "balance.reach, saying which node reaches whom",
		says: []string{"cross-zone"},
	}, {
		faults: []string{"zones=3:2"}, whose: "balancer", settings: "--nodes 2",
		does: "uneven, but within tolerance", exit: 0, called: "tolerated with a note",
		says: []string{"note:"},
	}, {
		faults: []string{"one-node"}, whose: "balancer", settings: "--expect-nodes 2",
		does:  "one of the nodes has left the name",
		fails: []string{scenarios.DNSNodes}, exit: 1, called: "dns.nodes",
	}, {
		faults: []string{"one-node"}, whose: "balancer",
		does: "the same, and no number of nodes was expected", exit: 0, called: "tolerated",
	}, {
		faults: []string{"foreign@5"}, whose: "coordinator",
		does:  "belongs to another cluster: a name that nobody declared",
		fails: []string{scenarios.BalanceCoverage, scenarios.BalanceUnexpected}, exit: 1,
		called: "balance.unexpected, and balance.coverage of the one it stands in for",
	}, {
		faults: []string{"pid=1"}, whose: "coordinator",
		does: "every pid is 1, as in containers", exit: 0, called: "tolerated: the web address tells them apart",
	}, {
		faults: []string{"restart@2"}, whose: "coordinator",
		does: "comes back under a new pid half-way", exit: 0, called: "tolerated: shown as one coordinator, two pids",
		check: func(t *testing.T, r scenarios.Result) {
			if i := slices.IndexFunc(r.Coords, func(c scenarios.CoordTally) bool { return len(c.PIDs) == 2 }); i < 0 {
				t.Error("no coordinator is shown with two pids")
			}
		},
	}, {
		faults: []string{"ping-off"}, whose: "coordinator",
		does: "Ping says nothing of its address", exit: 0, called: "tolerated: http_addr does",
	}, {
		faults: []string{"no-ping"}, whose: "coordinator",
		does: "has no Ping, as other HiveServer2 servers have none", exit: 0, called: "tolerated: http_addr does", noTwin: true,
	}, {
		faults: []string{"no-http-addr"}, whose: "coordinator",
		does: "OpenSession says nothing of it", exit: 0, called: "tolerated: Ping does",
	}, {
		faults: []string{"ping-off", "no-http-addr"}, whose: "coordinator",
		does: "only coordinator() is left, a host name", exit: 0, called: "tolerated: distinct host names",
	}, {
		faults: []string{"ping-off", "no-http-addr", "same-hostname", "pid=1"}, whose: "coordinator",
		does: "nothing tells them apart", open: []string{scenarios.IdentitySound}, exit: 3,
		called: "identity.sound inconclusive, before any talk of coverage",
	}, {
		faults: []string{"version=4.4.1@3"}, whose: "coordinator",
		does: "another version than the rest", exit: 0, called: "tolerated with a note", says: []string{"4.4.1"},
	}, {
		faults: []string{"version=4.4.1@3"}, whose: "coordinator", settings: "--expect-version 4.5",
		does: "the same, and a version was expected", fails: []string{scenarios.VersionsSame}, exit: 1, called: "versions.same",
	}, {
		faults: []string{"slow=200ms@2"}, whose: "coordinator", settings: "--threshold 'session.open: p(99) < 100ms'",
		does: "answers late", fails: []string{"threshold.session.open: p(99) < 100ms"}, exit: 1, called: "that threshold",
		twin: "--threshold 'session.open: p(99) < 10s'", // 100 ms is more than a busy machine can promise
	}, {
		faults: []string{"slow=200ms@2"}, whose: "coordinator",
		does: "the same, without a threshold", exit: 0, called: "tolerated",
	}, {
		faults: []string{"wrong-issuer"}, whose: "listener", settings: "--tls --expect-issuer O=Amazon",
		does:  "a chain that our CA file trusts, from another issuer",
		fails: []string{scenarios.TLSIssuer}, exit: 1, called: "tls.issuer",
		check: noSessions,
	}, {
		faults: []string{"expired"}, whose: "listener", settings: "--tls",
		does: "no longer valid", fails: []string{scenarios.TLSExpiry}, exit: 1, called: "tls.expiry", check: noSessions,
	}, {
		faults: []string{"not-yet"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "not yet valid", fails: []string{scenarios.TLSExpiry}, exit: 1, called: "tls.expiry", check: noSessions,
	}, {
		faults: []string{"wrong-host"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "a name that was not dialled", fails: []string{scenarios.TLSHost}, exit: 1, called: "tls.host", check: noSessions,
	}, {
		faults: []string{"no-intermediate"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "the leaf alone", fails: []string{scenarios.TLSChain}, exit: 1, called: "tls.chain, saying incomplete",
		says: []string{"incomplete"}, check: noSessions,
	}, {
		faults: []string{"self-signed"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "a leaf that signed itself", fails: []string{scenarios.TLSChain}, exit: 1, called: "tls.chain, saying self-signed",
		says: []string{"self-signed"}, check: noSessions,
	}, {
		faults: []string{"unknown-ca"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "no path to our CA file", fails: []string{scenarios.TLSChain}, exit: 1, called: "tls.chain, saying unknown CA",
		says: []string{"unknown"}, check: noSessions,
	}, {
		faults: []string{"expired@2"}, whose: "listener", settings: "--tls", noTwin: true,
		does:  "one node of two",
		fails: []string{scenarios.TLSExpiry, scenarios.TLSSameOnAllNodes}, exit: 1,
		called: "tls.expiry and tls.same-on-all-nodes; balance judged on the other node's sessions",
		check: func(t *testing.T, r scenarios.Result) {
			if r.Sessions.OK < 40 {
				t.Errorf("%d sessions: want the other node's to be judged", r.Sessions.OK)
			}
		},
	}, {
		faults: []string{"old-tls"}, whose: "listener", settings: "--tls", noTwin: true,
		does: "TLS 1.1 at most", fails: []string{scenarios.TLSVersion}, exit: 1, called: "tls.version", check: noSessions,
	}, {
		faults: []string{"starting=3s@2"}, whose: "coordinator", settings: "--settle 10s --settle-every 500ms",
		does: "out of rotation at first", exit: 0, called: "tolerated",
	},
}

// noSessions wants every node to have been refused before a login.
func noSessions(t *testing.T, r scenarios.Result) {
	t.Helper()
	if r.Sessions.Attempted != 0 {
		t.Errorf("%d sessions were attempted through listeners whose certificates are refused", r.Sessions.Attempted)
	}
}

func TestFaultsAreCalledByTheirNames(t *testing.T) {
	t.Parallel()
	for _, row := range faultRows {
		t.Run(strings.TrimSpace(row.name()+" "+row.settings), func(t *testing.T) {
			t.Parallel()
			r, text, code := runDemo(t, row.args, false)
			if want := row.exitOf(r); code != want || r.Exit != want {
				t.Errorf("exit %d (result says %d), want %d\n%s", code, r.Exit, want, text)
			}
			if diff := cmp.Diff(row.fails, idsOf(r, scenarios.Fail)); diff != "" {
				t.Errorf("findings that fail (-want +got):\n%s\n%s", diff, text)
			}
			for _, id := range row.open {
				if !slices.Contains(idsOf(r, scenarios.Inconclusive), id) {
					t.Errorf("%s is not inconclusive\n%s", id, text)
				}
			}
			for _, words := range row.says {
				if !strings.Contains(text, words) {
					t.Errorf("the report does not say %q\n%s", words, text)
				}
			}
			if row.check != nil {
				row.check(t, r)
			}
		})
		if row.noTwin {
			continue
		}
		t.Run("healthy twin of "+row.name()+" "+row.settings, func(t *testing.T) {
			t.Parallel()
			r, text, code := runDemo(t, row.args, true)
			got := slices.DeleteFunc(append(idsOf(r, scenarios.Fail), idsOf(r, scenarios.Inconclusive)...), func(id string) bool { return id == scenarios.LoadLag })
			if want := (faultRow{}).exitOf(r); code != want || len(got) > 0 {
				t.Errorf("exit %d, not passed: %v\n%s", code, got, text)
			}
		})
	}
}

// exitOf is the code that a result must exit with: the row's, unless this machine was
// too busy to keep a pace, which a pass must not hide.
func (r faultRow) exitOf(got scenarios.Result) int {
	if r.exit == exitPass && slices.Equal(idsOf(got, scenarios.Inconclusive), []string{scenarios.LoadLag}) {
		return exitInconclusive
	}
	return r.exit
}

// runDemo runs demo and reads the result that it stored.
func runDemo(t *testing.T, args func(out string, twin bool) []string, twin bool) (scenarios.Result, string, int) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "r.json")
	text, stderr, code := call(t, args(out, twin)...)
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	r, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("result: %v\n%s", err, text)
	}
	if s := r.Sessions; s.Attempted != s.OK+s.Failed+s.Unknown {
		t.Errorf("attempted %d is not ok %d + failed %d + unknown %d", s.Attempted, s.OK, s.Failed, s.Unknown)
	}
	return r, text, code
}

// idsOf lists the findings of a status, sorted, each once; nil where there is none.
func idsOf(r scenarios.Result, status scenarios.Status) []string {
	var ids []string
	for _, f := range r.Findings {
		if f.Status == status {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestTheDocumentOfFaultsIsMadeFromTheTable(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/faults.md", "<!-- the table of cmd/impala-lbcheck/faults_test.go -->\n", "<!-- end of the table -->"
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(doc), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the lines that enclose its table", file)
	}
	want := before + begin + faultTable() + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(doc)); diff != "" {
		t.Errorf("%s is not what the table says; go test ./cmd/... -update writes it (-want +got):\n%s", file, diff)
	}
}

func faultTable() string {
	var b strings.Builder
	b.WriteString("| fault | whose | what it does | `demo` | settings | what it is called | exit |\n|---|---|---|---|---|---|---|\n")
	for _, r := range faultRows {
		settings := "-"
		if r.settings != "" {
			settings = "`" + strings.ReplaceAll(r.settings, "|", `\|`) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %d |\n", r.name(), r.whose, r.does, r.demo(), settings, r.called, r.exit)
	}
	return b.String()
}
