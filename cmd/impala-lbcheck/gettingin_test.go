package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// closedPort is an address of this machine where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// silentPort is an address that takes connections, and nothing is ever done with them.
func silentPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// A node that is out of order is a finding of the run, wherever it stands.
func TestSmoke_GetsInWhereOneNodeIsDead(t *testing.T) {
	t.Parallel()
	for name, dead := range map[string]func(*testing.T) string{"closed": closedPort, "silent": silentPort} {
		for position := range 3 {
			t.Run(fmt.Sprintf("%s, number %d", name, position+1), func(t *testing.T) {
				t.Parallel()
				c := cluster(t, simcluster.Config{Coordinators: 4, Nodes: 2})
				nodes := []string{c.Nodes()[0].String(), c.Nodes()[1].String()}
				nodes = append(nodes[:position:position], append([]string{dead(t)}, nodes[position:]...)...)
				out := filepath.Join(t.TempDir(), "r.json")
				args := append([]string{"smoke", "--quiet", "--out", out, "--expect-coordinators", "4", "--timeout", "2s"}, nodes...)
				stdout, _, code := call(t, args...)
				r, err := readResult(t.Context(), out)
				if err != nil || code != exitFail || r.Sessions.Scout != 3 || len(r.Scouts) != 3 || r.Sessions.Failed == 0 { // two in a row that stall end it
					t.Fatalf("exit %d, %v, sessions %+v, scouts %+v\n%s", code, err, r.Sessions, r.Scouts, stdout)
				}
				for i, s := range r.Scouts {
					if s.Attempts != 1 || s.Smooth() == (i == position) || s.Address.String() != nodes[i] {
						t.Errorf("scout %d: %+v", i, s)
					}
				}
			})
		}
	}
}

func TestSmoke_NothingMeasuredWhereEveryNodeIsDead(t *testing.T) {
	t.Parallel()
	nodes := []string{closedPort(t), silentPort(t), closedPort(t)}
	out := filepath.Join(t.TempDir(), "r.json")
	stdout, _, code := call(t, append([]string{"smoke", "--quiet", "--out", out, "--timeout", "500ms"}, nodes...)...)
	r, err := readResult(t.Context(), out)
	if err != nil || code != exitUnmeasured || len(r.Scouts) != 3 || r.Seconds > 3 || r.Stopped.Class.String() != "open.timeout" {
		t.Errorf("exit %d, %v, %+v\n%s", code, err, r.Stopped, stdout)
	}
	for _, s := range r.Scouts {
		if s.Attempts < 2 || s.Outcome != scenarios.OutcomeFailed {
			t.Errorf("scout: %+v", s)
		}
	}
}

// One coordinator that is out of order ends no run before it begins, whatever the
// balancer chooses first.
func TestDemo_OneDeadCoordinatorIsAlwaysMeasured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault       string
		first, last int // seeds
	}{{"refused@2", 1, 10}, {"draining@3", 1, 5}, {"hung@1", 11, 11}} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			for seed := c.first; seed <= c.last; seed++ {
				stdout, _, code := call(t, "demo", "--quiet", "--fault", c.fault, "--seed", strconv.Itoa(seed))
				if code == exitUnmeasured || code == exitPass {
					t.Errorf("seed %d: exit %d\n%s", seed, code, stdout)
				}
			}
		})
	}
}

// A wrong password is sent once, however many nodes there are.
func TestSmoke_SendsAWrongPasswordOnce(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			t.Parallel()
			c := cluster(t, simcluster.Config{Coordinators: 4, Nodes: nodes, Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}})
			pw := filepath.Join(t.TempDir(), "pw")
			write(t, pw, "wrong")
			args := []string{"smoke", "--quiet", "--auth", "ldap", "--user", "u", "--password-file", pw, "--allow-cleartext-auth"}
			for _, n := range c.Nodes() {
				args = append(args, n.String())
			}
			stdout, _, code := call(t, args...)
			if s := c.Stats(); code != exitUnmeasured || s.Logins != 1 || s.Rejected != 1 {
				t.Errorf("exit %d after %d logins, %d rejected\n%s", code, s.Logins, s.Rejected, stdout)
			}
		})
	}
}

// Every connection that the balancer counts is in the tally, a scout, or of settling.
func TestSmoke_CountsWhatTheBalancerCounts(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2, 4} {
		for _, settle := range []string{"0s", "5s"} {
			t.Run(fmt.Sprintf("%d nodes, settle %s", nodes, settle), func(t *testing.T) {
				t.Parallel()
				c := cluster(t, simcluster.Config{Coordinators: 3, Nodes: nodes})
				out := filepath.Join(t.TempDir(), "r.json")
				args := []string{"smoke", "--quiet", "--out", out, "--expect-coordinators", "3", "--settle", settle, "--timeout", "20s"}
				for _, n := range c.Nodes() {
					args = append(args, n.String())
				}
				stdout, _, code := call(t, args...)
				r, err := readResult(t.Context(), out)
				if err != nil {
					t.Fatalf("exit %d: %v\n%s", code, err, stdout)
				}
				s := r.Sessions
				if got := c.Stats().SessionsOpened; int(got) != s.Attempted+s.Scout+s.Settle || s.Scout != nodes || (settle == "0s") != (s.Settle == 0) {
					t.Errorf("%d sessions were opened; counted are %+v", got, s)
				}
			})
		}
	}
}

// onScout calls do once when a number of scouts were announced.
type onScout struct {
	mu    sync.Mutex
	left  int
	do    func()
	lines bytes.Buffer
}

func (w *onScout) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasPrefix(string(p), "scout:") {
		if w.left--; w.left == 0 {
			w.do()
		}
	}
	return w.lines.Write(p)
}

// A service that comes up while the run settles is measured.
func TestSmoke_SettlesUntilTheServiceIsUp(t *testing.T) {
	t.Parallel()
	node := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.77"), netip.MustParseAddrPort(closedPort(t)).Port())
	w := &onScout{left: 5, do: func() {
		cluster(t, simcluster.Config{Coordinators: 3, Nodes: 1, ListenIP: node.Addr(), HS2Port: node.Port()})
	}}
	var stdout bytes.Buffer
	code := mainCode([]string{"smoke", node.String(), "--settle", "60s", "--settle-every", "100ms", "--timeout", "20s", "--expect-coordinators", "3"}, env{out: &stdout, err: w})
	if code != exitPass && code != exitInconclusive || !strings.Contains(stdout.String(), "settled after") {
		t.Errorf("exit %d\n%s\n%s", code, stdout.String(), w.lines.String())
	}
}

// speaking is the address of a server that begins with these words, and reads on.
func speaking(t *testing.T, words string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, words)
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	return l.Addr().String()
}

// lineServer is an HTTP server that answers once it has read a line.
func lineServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// A port on which something else answers is named, and no theory that it refutes.
func TestSmoke_NamesWhatAnswersInstead(t *testing.T) {
	t.Parallel()
	node := func(config simcluster.Config) func(*testing.T) string {
		return func(t *testing.T) string {
			config.Nodes = 1
			return cluster(t, config).Nodes()[0].String()
		}
	}
	ldap := simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}}
	login := []string{"--auth", "ldap", "--user", "u", "--password-command", "echo good", "--allow-cleartext-auth"}
	for name, c := range map[string]struct {
		addr   func(*testing.T) string
		flags  []string
		next   string   // what the report suggests
		absent []string // what it must not suggest
	}{
		"sshd":                 {func(t *testing.T) string { return speaking(t, "SSH-2.0-OpenSSH_9.2\r\n") }, nil, "an SSH server answers there", []string{"--auth", "--tls", "PROXY"}},
		"sshd, with TLS":       {func(t *testing.T) string { return speaking(t, "SSH-2.0-OpenSSH_9.2\r\n") }, []string{"--tls"}, "an SSH server answers there", []string{"--auth", "--tls=false", "PROXY"}},
		"MySQL, with a login":  {func(t *testing.T) string { return speaking(t, "\x4a\x00\x00\x00\x0a8.0.36\x00") }, login, "a MySQL server answers there", []string{"--auth", "--tls", "PROXY"}},
		"HTTP":                 {lineServer, nil, "binary port", []string{"--auth", "--tls", "PROXY"}},
		"a login is asked for": {node(ldap), nil, "--auth ldap", []string{"--tls", "PROXY"}},
		"no login is":          {node(simcluster.Config{}), login, "--auth none", []string{"--tls", "PROXY"}},
		"TLS":                  {node(simcluster.Config{TLS: true}), nil, "--tls", []string{"--auth", "PROXY"}},
		"no TLS":               {node(simcluster.Config{}), []string{"--tls"}, "without --tls", []string{"--auth", "PROXY"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, _, code := call(t, append([]string{"smoke", c.addr(t), "--quiet", "--timeout", "2s"}, c.flags...)...)
			_, next, _ := strings.Cut(stdout, "\nnext: ")
			next, _, _ = strings.Cut(next, "\n\n")
			next = strings.Join(strings.Fields(next), " ")
			if code != exitUnmeasured || !strings.Contains(next, c.next) {
				t.Errorf("exit %d, next: %s\n%s", code, next, stdout)
			}
			for _, words := range c.absent {
				if strings.Contains(next, words) {
					t.Errorf("next: %s", next)
				}
			}
		})
	}
}

// A node that lets nobody in is named by what watches and holds, too, and no coordinator
// is blamed for it.
func TestOtherScenarios_NameADeadNode(t *testing.T) {
	t.Parallel()
	for name, scenario := range map[string][]string{
		"watch":    {"watch", "--watch-for", "2s", "--rate", "20/s"},
		"capacity": {"capacity", "--hold", "10", "--for", "100ms"},
	} {
		for position := range 2 {
			t.Run(fmt.Sprintf("%s, number %d", name, position+1), func(t *testing.T) {
				t.Parallel()
				c := cluster(t, simcluster.Config{Coordinators: 3, Nodes: 1, Balance: simcluster.BalanceRoundRobin})
				dead := closedPort(t)
				nodes := []string{c.Nodes()[0].String()}
				nodes = append(nodes[:position:position], append([]string{dead}, nodes[position:]...)...)
				stdout, _, code := call(t, append(append(scenario, "--quiet", "--expect-coordinators", "3"), nodes...)...)
				stdout = strings.Join(strings.Fields(stdout), " ")
				for _, blame := range []string{"take a coordinator out", "or a coordinator that is gone", "broken of"} {
					if strings.Contains(stdout, blame) {
						t.Errorf("the report says %q", blame)
					}
				}
				if code != exitFail || !strings.Contains(stdout, "to "+dead+" failed") || !strings.Contains(stdout, "nothing listens at that address") {
					t.Errorf("exit %d\n%s", code, stdout)
				}
			})
		}
	}
}
