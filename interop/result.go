//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// result has the documented keys of a result file that interop reads. It does not
// use the types of impala-lbcheck, so that a changed key is noticed.
type result struct {
	Verdict  string `json:"verdict"`
	Exit     int    `json:"exit"`
	Seed     uint64 `json:"seed"`
	Complete bool   `json:"complete"`
	Scenario struct {
		Auth struct {
			User string `json:"user"`
		} `json:"auth"`
	} `json:"scenario"`
	Policy struct {
		Inferred string `json:"inferred"`
	} `json:"policy"`
	Sessions     sessionCounts      `json:"sessions"`
	Coordinators []coordinatorTally `json:"coordinators"`
	Nodes        []struct {
		Address      string         `json:"address"`
		Sessions     int            `json:"sessions"`
		Coordinators map[string]int `json:"coordinators"`
	} `json:"nodes"`
	Errors []struct {
		Class string `json:"class"`
		Count int    `json:"count"`
	} `json:"errors"`
	TLS []struct {
		Issuer string `json:"issuer"`
	} `json:"tls"`
	Findings []finding `json:"findings"`
	Stopped  struct {
		By    string `json:"by"`
		Class string `json:"class"`
		Text  string `json:"text"`
	} `json:"stopped"`
	Load     loadResult     `json:"load"`
	Capacity capacityResult `json:"capacity"`
	Idle     idleResult     `json:"idle"`
	Watch    watchResult    `json:"watch"`
	Queries  []queryResult  `json:"queries"`
}

// sessionCounts are the counts of a run's sessions.
type sessionCounts struct {
	Attempted int `json:"attempted"`
	OK        int `json:"ok"`
	Failed    int `json:"failed"`
	Unknown   int `json:"unknown"`
	LeftOpen  int `json:"left_open"`
	Scout     int `json:"scout"`
	Settle    int `json:"settle"`
	Refused   int `json:"refused"`
}

// opened returns the number of sessions that a balancer counts.
func (s sessionCounts) opened() int { return s.Attempted + s.Scout + s.Settle }

type coordinatorTally struct {
	Name     string `json:"name"`
	PIDs     []int  `json:"pids"`
	Sessions int    `json:"sessions"`
}

type finding struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Subject string `json:"subject"`
	Message string `json:"message"`
	Note    string `json:"note"`
}

// allText returns all text of a finding.
func (f finding) allText() string { return f.Subject + " " + f.Message + " " + f.Note }

// expectation is the expected result of a run of our command.
type expectation struct {
	exit   int
	failed []string // IDs of all findings that fail, sorted
}

// toolTimeout limits a run of our command.
const toolTimeout = 5 * time.Minute

// smoke runs "impala-lbcheck smoke" and checks its result.
func (l *lab) smoke(ctx context.Context, name string, want expectation, args ...string) (result, error) {
	r, err := l.check(ctx, toolRun{name: name, want: want, args: append([]string{"smoke", "--timeout", "10s"}, args...)})
	return r.result, err
}

// validate checks that a result agrees with the exit code and that its sums agree
// with each other.
func (r result) validate(a commandResult) error {
	s := r.Sessions
	onNodes, identified, onCoordinators := 0, 0, 0
	for _, n := range r.Nodes {
		onNodes += n.Sessions
		for _, sessions := range n.Coordinators {
			identified += sessions
		}
	}
	for _, c := range r.Coordinators {
		onCoordinators += c.Sessions
	}
	switch {
	case r.Exit != a.code:
		return fmt.Errorf("the result says exit %d, the command exited %d", r.Exit, a.code)
	case s.Attempted != s.OK+s.Failed+s.Unknown:
		return fmt.Errorf("attempted %d is not ok %d + failed %d + unknown %d", s.Attempted, s.OK, s.Failed, s.Unknown)
	case onNodes != s.Attempted:
		return fmt.Errorf("the nodes have %d sessions, %d were attempted", onNodes, s.Attempted)
	case identified != onCoordinators:
		return fmt.Errorf("the nodes identify %d sessions, the coordinators have %d", identified, onCoordinators)
	case s.LeftOpen != 0 && s.Failed == 0: // a session that times out may be left open
		return fmt.Errorf("%d sessions were left open", s.LeftOpen)
	case (r.Verdict == "fail") != (len(r.findingIDs("fail")) > 0):
		return fmt.Errorf("the verdict is %s, the findings that fail are %v", r.Verdict, r.findingIDs("fail"))
	}
	return nil
}

// findingIDs returns the distinct IDs of the findings with a status, sorted.
func (r result) findingIDs(status string) []string {
	var ids []string
	for _, f := range r.Findings {
		if f.Status == status {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// sessionsByCoordinator returns the number of sessions by coordinator.
func (r result) sessionsByCoordinator() map[string]int {
	t := map[string]int{}
	for _, c := range r.Coordinators {
		t[c.Name] = c.Sessions
	}
	return t
}

// counts returns the number of sessions of each coordinator, in the order of names.
func (r result) counts(names []string) []int {
	sessions, counts := r.sessionsByCoordinator(), make([]int, len(names))
	for i, name := range names {
		counts[i] = sessions[name]
	}
	return counts
}

// expectFinding checks that a finding with an ID and a status contains all of the
// words: names, addresses and error classes, which do not depend on the wording.
func (r result) expectFinding(id, status string, words ...string) error {
	found := ""
	for _, f := range r.Findings {
		if f.ID != id {
			continue
		}
		missing := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(f.allText(), w) })
		if f.Status == status && len(missing) == 0 {
			return nil
		}
		found += fmt.Sprintf(" %s: %s;", f.Status, f.allText())
	}
	return fmt.Errorf("%s should be %s with the words %q; found%s", id, status, words, found)
}

// joinCounts formats counts with slashes.
func joinCounts(counts []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(counts), " ", "/"), "[]")
}
