package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// errorsJudge asks whether sessions fail. Two in one look are enough; a lone
// one has to show again in a fresh look.
func errorsJudge(e Evidence) ([]scenarios.Finding, Ask) {
	looks := pool(e.Looks)
	f := scenarios.Finding{ID: scenarios.ErrorsRate}
	sessions, refused := 0, 0
	for _, l := range looks {
		sessions += l.sessions()
		refused += l.refused
	}
	if sessions == 0 {
		f.Status, f.Message = noSession(e, refused)
		return []scenarios.Finding{f}, Ask{}
	}
	failed := failures(looks)
	f.Observed, f.Expected, f.Limit = num(failed), num(0), num(1)
	if failed == 0 && looks[0].cut {
		f.Message = fmt.Sprintf("the first look ended early, of %d planned; none of %s failed", looks[0].planned, count(sessions, "session"))
		return []scenarios.Finding{f}, Ask{}
	}
	if failed == 0 {
		f.Status, f.Message = scenarios.Pass, fmt.Sprintf("none of %s failed", count(sessions, "session"))
		return []scenarios.Finding{f}, Ask{}
	}
	groups := classes(looks)
	f.Message = wordFailures(e, looks, groups, failed, sessions)
	f.Explain, f.Fix = explainFailures(groups), hint(groups)
	var ask Ask
	f.Status, f.Note, ask = judgeFailures(e, looks)
	f.Confirmed = f.Status == scenarios.Fail && withFailures(looks) > 1
	return []scenarios.Finding{f}, ask
}

// judgeFailures is the rule itself, on looks of which at least one has a failure.
func judgeFailures(e Evidence, looks []look) (scenarios.Status, string, Ask) {
	for i, l := range looks {
		switch failed := l.failed(); {
		case failed >= 2, failed == 1 && e.Scenario.StrictErrors, failed == 1 && i > 0 && looks[i-1].failed() == 1:
			return scenarios.Fail, "", Ask{}
		}
	}
	if last := looks[len(looks)-1]; last.failed() == 1 {
		ask := Ask{Kind: scenarios.Confirm, Sessions: looks[0].planned, Why: "one session failed"}
		if last.cut {
			return scenarios.Inconclusive, "No further look could be had to see whether it happens again", Ask{}
		}
		return scenarios.Inconclusive, fmt.Sprintf("It waits for a fresh look of %s, to see whether it happens again", count(ask.Sessions, "session")), ask
	}
	return scenarios.Pass, "ONE SESSION FAILED and a fresh look had no failure: read the failed session, or use --strict-errors", Ask{}
}

// withFailures counts the looks in which a session failed.
func withFailures(looks []look) int {
	n := 0
	for _, l := range looks {
		if l.failed() > 0 {
			n++
		}
	}
	return n
}

// classes pools the errors of all looks, most frequent first.
func classes(looks []look) []scenarios.ErrorGroup {
	var all []scenarios.ErrorGroup
	for _, l := range looks {
		all = scenarios.MergeErrors(all, l.errors...)
	}
	slices.SortStableFunc(all, func(a, b scenarios.ErrorGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Coordinator, b.Coordinator))
	})
	return all
}

// wordFailures is the sentence: "8 of 40 failed, as one broken of five would:
// open.timeout; never seen: coord-b1".
func wordFailures(e Evidence, looks []look, groups []scenarios.ErrorGroup, failed, sessions int) string {
	r := enrol(e.Scenario, looks)
	unseen := r.unseen()
	out := fmt.Sprintf("%d of %d failed", failed, sessions)
	if k := len(r.seats); r.declared > 1 && failed > 1 && enough(sessions, k) && asBroken(failed, sessions, max(1, unseen), k) {
		out += fmt.Sprintf(", as %s broken of %s would", word(max(1, unseen)), word(k))
	}
	out += ": " + list(classNames(groups))
	switch names := r.missing(); {
	case len(names) > 0:
		out += "; never seen: " + list(names)
	case r.declared > 0 && unseen > 0:
		out += fmt.Sprintf("; never seen: %d of %d", unseen, r.declared)
	}
	if where := culprits(groups); len(where) > 0 {
		out += "; on " + list(where)
	}
	return out
}

// enough reports whether so many sessions would hardly miss one of k: only then
// do those never seen tell who is broken.
func enough(sessions, k int) bool { return stats.NeverSeen(1/float64(k), float64(sessions)) <= .05 }

// asBroken reports whether so many failures are what broken coordinators of
// so many would give: neither tail is below 2.5 %.
func asBroken(failed, sessions, broken, of int) bool {
	p := float64(broken) / float64(of)
	return stats.AtLeast(failed, sessions, p) > .025 && stats.AtMost(failed, sessions, p) > .025
}

func classNames(groups []scenarios.ErrorGroup) []string {
	var out []string
	for _, g := range groups {
		if !slices.Contains(out, g.Class) {
			out = append(out, g.Class)
		}
	}
	return out
}

// culprits are the coordinators that failed sessions named.
func culprits(groups []scenarios.ErrorGroup) []string {
	var out []string
	for _, g := range groups {
		if g.Coordinator != "" && !slices.Contains(out, g.Coordinator) {
			out = append(out, g.Coordinator)
		}
	}
	return out
}

func explainFailures(groups []scenarios.ErrorGroup) string {
	var parts []string
	for _, g := range groups {
		who := g.Coordinator
		if who == "" {
			who = "nobody known"
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", g.Count, g.Class, who))
	}
	return strings.Join(parts, ", ") + ". Two failed sessions in one look are a failure; a lone one must show again in a fresh look"
}

// hint is the first suggestion that came with a failed session.
func hint(groups []scenarios.ErrorGroup) string {
	for _, g := range groups {
		if g.Hint != "" {
			return g.Hint
		}
	}
	return ""
}

// word writes small numbers out.
func word(n int) string {
	small := []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return fmt.Sprint(n)
}
