package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// startExporter starts an exporter of one target, whose nodes and settings are given,
// and returns its address. It ends with the test, by SIGTERM, with code 0.
func startExporter(t *testing.T, c *simcluster.Cluster, settings ...string) string {
	t.Helper()
	return startExporterOf(t, []string{"lb"}, c, settings...)
}

// startExporterOf starts one of several targets, which are alike.
func startExporterOf(t *testing.T, names []string, c *simcluster.Cluster, settings ...string) string {
	t.Helper()
	var nodes []string
	for _, n := range c.Nodes() {
		nodes = append(nodes, `"`+n.String()+`"`)
	}
	targets := "targets:\n"
	for _, name := range names {
		targets += fmt.Sprintf("  %s:\n    scenario: smoke\n    endpoints: [%s]\n    settings:\n      load.timeout: 5s\n      %s\n",
			name, strings.Join(nodes, ", "), strings.Join(settings, "\n      "))
	}
	config := filepath.Join(t.TempDir(), "exporter.yaml")
	write(t, config, targets)
	signals, ended := make(chan os.Signal, 1), make(chan int, 1)
	out, in := io.Pipe()
	go func() {
		ended <- mainCode([]string{"exporter", "--config", config, "--listen", "127.0.0.1:0"}, env{out: in, err: io.Discard, signals: signals})
		in.Close()
	}()
	t.Cleanup(func() {
		signals <- syscall.SIGTERM
		if code := <-ended; code != exitPass {
			t.Errorf("exit %d", code)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var ready exporterLine
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil || !slices.Equal(ready.Targets, names) {
		t.Fatalf("%q: %v", line, err)
	}
	return "http://" + ready.Address
}

// fetch asks a server.
func fetch(t *testing.T, address string) (code int, body string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return r.StatusCode, string(b)
}

// scrapeUntil scrapes until the answer has a text.
func scrapeUntil(t *testing.T, address, text string) string {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for {
		code, body := fetch(t, address)
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", address, code, body)
		}
		if strings.Contains(body, text) {
			return body
		}
		if time.Now().After(end) {
			t.Fatalf("%s has no %s:\n%s", address, text, body)
		}
	}
}

func TestExporter_ExportsResults(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{}, "dead@2")
	address := startExporter(t, c, "expect.coordinators: "+strings.Join(c.Names(), ","))
	if code, body := fetch(t, address+"/probe?target=lb"); code != http.StatusOK || !strings.Contains(body, "\nimpala_lbcheck_exporter_result_available 0\n") {
		t.Errorf("the first scrape: %d %s", code, body)
	}
	body := scrapeUntil(t, address+"/probe?target=lb", "\nimpala_lbcheck_exporter_result_available 1\n")
	for _, want := range []string{
		`verdict="fail"} 1`, `id="balance.coverage",scenario="smoke",status="fail"} 1`, fmt.Sprintf(`impala_lbcheck_coordinator_sessions{coordinator="%s"`, c.Names()[1]),
		`impala_lbcheck_phase_duration_seconds_bucket{`, `impala_lbcheck_exit_code{endpoint="`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("there is no %s in\n%s", want, body)
		}
	}
	if phases := nativePhases(t, address+"/probe?target=lb"); !slices.Contains(phases, "open") {
		t.Errorf("over protobuf there are native histograms of %q", phases)
	}
	if code, _ := fetch(t, address+"/probe?target="+c.Nodes()[0].String()); code != http.StatusNotFound {
		t.Errorf("a host as target: %d", code)
	}
	if _, body := fetch(t, address+"/metrics"); !strings.Contains(body, `runs_total{target="lb",verdict="fail"} 1`) {
		t.Error("the run was not counted")
	}
}

func TestExporter_NoSecondLoginAfterARejection(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}})
	address := startExporter(t, c, "auth.mechanism: ldap", "auth.user: u", "auth.allow_cleartext: true", "auth.password_file: "+ownFile(t, []byte("bad\n")))
	fetch(t, address+"/probe?target=lb")
	scrapeUntil(t, address+"/probe?target=lb", "\nimpala_lbcheck_exporter_login_withheld 1\n")
	if s := c.Stats(); s.Rejected != 1 {
		t.Errorf("%d logins were rejected, want 1", s.Rejected)
	}
}

// Two targets that log in as one user send a wrong password once, not once each.
func TestExporter_OneRejectionOfAllTargets(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}})
	address := startExporterOf(t, []string{"a", "b"}, c, "auth.mechanism: ldap", "auth.user: u", "auth.allow_cleartext: true", "auth.password_file: "+ownFile(t, []byte("bad\n")))
	fetch(t, address+"/probe?target=a")
	fetch(t, address+"/probe?target=b")
	for _, name := range []string{"a", "b"} {
		scrapeUntil(t, address+"/probe?target="+name, "\nimpala_lbcheck_exporter_login_withheld 1\n")
	}
	if s := c.Stats(); s.Rejected != 1 {
		t.Errorf("%d logins were rejected, want 1", s.Rejected)
	}
}

// A page elsewhere, whose name leads to this machine, reads no results.
func TestExporter_AnswersForItsOwnHostAlone(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{})
	address := startExporter(t, c, "load.sessions: 4")
	refusesOtherHosts(t, address+"/probe?target=lb")
	if s := c.Stats(); s.SessionsOpened != 0 {
		t.Errorf("%d sessions", s.SessionsOpened)
	}
}

// refusesOtherHosts asks as a browser does that was led to a server by another name.
func refusesOtherHosts(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "rebound.example.com:" + r.URL.Port()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a request for %s: %d", r.Host, answer.StatusCode)
	}
}

func TestExporter_LeavesNothingOpen(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{}, "slow=100ms")
	t.Run("while it runs", func(t *testing.T) {
		address := startExporter(t, c, "load.sessions: 100000", "load.burst: 0")
		fetch(t, address+"/probe?target=lb")
		for c.Stats().SessionsOpened < 3 {
			fetch(t, address+"/-/healthy")
		}
	})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if s := c.Stats(); s.SessionsOpened == 0 || s.SessionsOpened != s.SessionsClosed {
		t.Errorf("%d sessions opened, %d closed", s.SessionsOpened, s.SessionsClosed)
	}
}
