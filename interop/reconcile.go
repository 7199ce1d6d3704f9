//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// reconciliation has the documented keys of a reconciliation that interop reads.
type reconciliation struct {
	Verdict  string `json:"verdict"`
	Sessions struct {
		Total  int    `json:"total"`
		Joined int    `json:"joined"`
		NoPort int    `json:"no_local_port"`
		Why    string `json:"why"`
	} `json:"sessions"`
	Clock struct {
		Low  float64 `json:"low_ms"`
		High float64 `json:"high_ms"`
	} `json:"clock"`
	Log struct {
		Format string `json:"format"`
		Others int    `json:"others"`
		Own    int    `json:"unclaimed"`
	} `json:"log"`
	Backends []struct {
		Backend      string         `json:"backend"`
		Name         string         `json:"name"`
		Sessions     int            `json:"sessions"`
		Failed       int            `json:"failed"`
		Coordinators map[string]int `json:"coordinators"`
	} `json:"backends"`
	Failed []struct {
		Backend  string `json:"backend"`
		Reason   string `json:"reason"`
		Sessions int    `json:"sessions"`
	} `json:"failed"`
}

// reconcile joins observations with a log. The balancer may write its last lines late.
func (l *lab) reconcile(ctx context.Context, name, observed, log string, exit int) (reconciliation, error) {
	var r reconciliation
	tool, err := l.tool()
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	err = poll(ctx, 300*time.Millisecond, func() (bool, error) {
		a, err := runCommand(ctx, toolTimeout, nil, tool, "reconcile", observed, log, "--json")
		if err != nil {
			return false, err
		}
		os.WriteFile(l.file("log", name+".reconcile.txt"), append(slices.Clone(a.stdout), a.stderr...), 0o644)
		if a.code == 2 && strings.Contains(string(a.stderr), log+":1:1: no line") {
			return false, nil // none is written yet
		}
		r = reconciliation{}
		if err := json.Unmarshal(a.stdout, &r); err != nil {
			return false, fmt.Errorf("exit %d: %s", a.code, tail(a.stderr))
		}
		return a.code == exit && r.Sessions.Joined+r.Sessions.NoPort == r.Sessions.Total, nil
	})
	if err != nil {
		err = fmt.Errorf("%d of %d sessions joined, %d have no port, verdict %s %s: %w", r.Sessions.Joined, r.Sessions.Total, r.Sessions.NoPort, r.Verdict, r.Sessions.Why, err)
	}
	return r, err
}

// failures counts the failed sessions that joined.
func (r reconciliation) failures() int {
	n := 0
	for _, group := range r.Failed {
		n += group.Sessions
	}
	return n
}

// agrees fails where a backend is not the coordinator that listens there, or their tallies
// are not the run's. A log without addresses has names: "rr/c1" is the first server.
func (r reconciliation) agrees(c *cluster, t toolResult) error {
	logged := map[string]int{}
	for _, b := range r.Backends {
		i := slices.Index(c.addresses(), b.Backend)
		if i < 0 {
			i = slices.IndexFunc([]string{"c1", "c2", "c3", "c4"}, func(server string) bool { return strings.HasSuffix(b.Backend, "/"+server) })
		}
		if b.Sessions == 0 || b.Sessions == b.Failed {
			continue // others alone, or the one that fails
		}
		if i < 0 || len(b.Coordinators) != 1 || b.Coordinators[c.names()[i]] != b.Sessions-b.Failed {
			return fmt.Errorf("backend %s: %d sessions of coordinators %v", b.Backend, b.Sessions, b.Coordinators)
		}
		logged[c.names()[i]] = b.Sessions - b.Failed
	}
	counted, scouts := 0, 0
	for _, coordinator := range t.Coordinators {
		extra := logged[coordinator.Name] - coordinator.Sessions
		if extra < 0 {
			return fmt.Errorf("%s: %d sessions by the log, %d by our tally", coordinator.Name, logged[coordinator.Name], coordinator.Sessions)
		}
		scouts += extra
		counted += coordinator.Sessions
	}
	failed := r.failures() - t.Sessions.Failed // scouts, which a result counts in neither
	if want := t.Sessions.Scout + t.Sessions.Settle - failed; failed < 0 || scouts != want {
		return fmt.Errorf("%d sessions more by the log than the %d of our tally: the scouts are %d, %d of which failed", scouts, counted, want+failed, failed)
	}
	return nil
}

// documentedFormat is the line of docs/reconcile.md that begins so.
func (l *lab) documentedFormat(begins string) (string, error) {
	b, err := os.ReadFile(filepath.Join(l.root, "docs", "reconcile.md"))
	if err != nil {
		return "", err
	}
	for line := range bytes.Lines(b) {
		if text := strings.TrimSpace(string(line)); strings.HasPrefix(text, begins) {
			return text, nil
		}
	}
	return "", fmt.Errorf("docs/reconcile.md has no line that begins with %q", begins)
}
