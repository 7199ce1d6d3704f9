//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// result is what we read of a result file: its documented keys, in types of our
// own, so that a key that changed is found here.
type result struct {
	Verdict  string `json:"verdict"`
	Exit     int    `json:"exit"`
	Complete bool   `json:"complete"`
	Policy   struct {
		Inferred string `json:"inferred"`
	} `json:"policy"`
	Sessions struct {
		Attempted int `json:"attempted"`
		OK        int `json:"ok"`
		Failed    int `json:"failed"`
		Unknown   int `json:"unknown"`
		LeftOpen  int `json:"left_open"`
		Scout     int `json:"scout"`
		Refused   int `json:"refused"`
	} `json:"sessions"`
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
	} `json:"stopped"`
	Load     loadResult     `json:"load"`
	Capacity capacityResult `json:"capacity"`
	Idle     idleResult     `json:"idle"`
	Watch    watchResult    `json:"watch"`
	Queries  []queryResult  `json:"queries"`
}

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

// allText is everything a finding says.
func (f finding) allText() string { return f.Subject + " " + f.Message + " " + f.Note }

// expectation is how a run of our command has to end.
type expectation struct {
	exit   int
	failed []string // ids of all the findings that fail, sorted
}

// toolTimeout is the longest that one run of our command may take.
const toolTimeout = 5 * time.Minute

// smoke runs "impala-lbcheck smoke" as a user does, and compares the exit code
// and the findings that failed with what is expected.
func (l *lab) smoke(ctx context.Context, name string, want expectation, args ...string) (result, error) {
	r, err := l.check(ctx, toolRun{name: name, want: want, args: append([]string{"smoke", "--timeout", "10s"}, args...)})
	return r.result, err
}

// validate checks what holds of every result: it agrees with the exit code, and
// its sums agree with each other.
func (r result) validate(a commandResult) error {
	s := r.Sessions
	byNode, byCell, byCoordinator := 0, 0, 0
	for _, n := range r.Nodes {
		byNode += n.Sessions
		for _, sessions := range n.Coordinators {
			byCell += sessions
		}
	}
	for _, c := range r.Coordinators {
		byCoordinator += c.Sessions
	}
	switch {
	case r.Exit != a.code:
		return fmt.Errorf("the result says exit %d, the command exited %d", r.Exit, a.code)
	case s.Attempted != s.OK+s.Failed+s.Unknown:
		return fmt.Errorf("attempted %d is not ok %d + failed %d + unknown %d", s.Attempted, s.OK, s.Failed, s.Unknown)
	case byNode != s.Attempted:
		return fmt.Errorf("the nodes have %d sessions, %d were attempted", byNode, s.Attempted)
	case byCell != byCoordinator:
		return fmt.Errorf("the nodes attribute %d sessions, the coordinators have %d", byCell, byCoordinator)
	case s.LeftOpen != 0 && s.Failed == 0: // one that stalls may leave its session behind
		return fmt.Errorf("%d sessions were left open", s.LeftOpen)
	case (r.Verdict == "fail") != (len(r.findingIDs("fail")) > 0):
		return fmt.Errorf("the verdict is %s, the findings that fail are %v", r.Verdict, r.findingIDs("fail"))
	}
	return nil
}

// findingIDs lists the findings of a status, each once, sorted.
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

// sessionsByCoordinator counts the sessions of each coordinator.
func (r result) sessionsByCoordinator() map[string]int {
	t := map[string]int{}
	for _, c := range r.Coordinators {
		t[c.Name] = c.Sessions
	}
	return t
}

// counts lists the sessions of each coordinator, in the order of names.
func (r result) counts(names []string) []int {
	tally, counts := r.sessionsByCoordinator(), make([]int, len(names))
	for i, name := range names {
		counts[i] = tally[name]
	}
	return counts
}

// expectFinding checks that a finding of that id and status has all of those words.
func (r result) expectFinding(id, status string, words ...string) error {
	heard := ""
	for _, f := range r.Findings {
		if f.ID != id {
			continue
		}
		missing := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(f.allText(), w) })
		if f.Status == status && len(missing) == 0 {
			return nil
		}
		heard += fmt.Sprintf(" %s: %s;", f.Status, f.allText())
	}
	return fmt.Errorf("%s should be %s with the words %q; it is%s", id, status, words, heard)
}

// joinCounts prints counts in a row.
func joinCounts(counts []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(counts), " ", "/"), "[]")
}
