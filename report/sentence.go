package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Sentence says the verdict of r in one line, which begins with PASS, FAIL,
// INCONCLUSIVE, NOTHING MEASURED or SKIPPED and a colon; that of a shard which did its
// part with MEASURED. It follows from the findings and counts
// alone; r.Summary is not read, as this is where it comes from.
func Sentence(r scenarios.Result) string {
	verdict := verdictWord(r) + ": "
	switch r.Verdict {
	case scenarios.StatusPass:
		return verdict + passed(r) + notes(r) + "."
	case scenarios.StatusFail:
		return verdict + failed(r) + stopped(r) + "."
	case scenarios.StatusSkipped:
		return verdict + "there was nothing to judge" + stopped(r) + "."
	default:
		return verdict + unproven(r) + "."
	}
}

// verdictWord is what the last line begins with. A run that measured nothing has an
// exit code of its own, and so a word of its own.
func verdictWord(r scenarios.Result) string {
	if r.ExitCode() == scenarios.ExitUnmeasured {
		return "NOTHING MEASURED"
	}
	if r.Shard != nil && r.Verdict == scenarios.StatusPass {
		return "MEASURED"
	}
	return strings.ToUpper(r.Verdict.String())
}

// passed describes what was tested.
func passed(r scenarios.Result) string {
	if r.Shard != nil {
		return fmt.Sprintf("shard %s has %s; the verdict is that of all shards together: impala-lbcheck merge", r.Shard, count(r.Sessions.Attempted, "session"))
	}
	if kindOf(r).tls && len(r.TLS) > 0 {
		return fmt.Sprintf("the certificates of %s passed; the first to expire has %s left",
			count(nodesOf(r.TLS), "node"), count(soonest(r.TLS), "day"))
	}
	if kindOf(r).aws && r.Audit != nil {
		return audited(r)
	}
	if text := answered(r); text != "" {
		return text
	}
	text := fmt.Sprintf("%s over %s reached %s", count(r.Sessions.Attempted, "session"), count(nodesWithSessions(r.Nodes), "node"), reached(r))
	if kindOf(r).balance && statusOf(r, scenarios.BalanceImbalance) == scenarios.StatusPass {
		tolerance := cmp.Or(r.Scenario.Expect.Balance.Tolerance, scenarios.DefaultTolerance)
		text += fmt.Sprintf("; no share is off by more than chance and %.0f %%", tolerance*100)
		if r.Detect != nil && r.Detect.Sessions > 0 {
			text += fmt.Sprintf("; such a run catches a coordinator with 3x its share in %s of cases", chance(r.Detect.Hot3x))
		}
	}
	if l := r.Load; kindOf(r).login && l != nil && l.Login.Count() > 0 {
		text += fmt.Sprintf("; login p99 %s", rounded(l.Login.Quantile(.99).Seconds()))
	}
	return text
}

// nodesWithSessions counts the nodes that a run measured: not one whose certificate was
// refused, or that was never dialled.
func nodesWithSessions(nodes []scenarios.NodeTally) int {
	n := 0
	for _, node := range nodes {
		if node.Sessions > 0 {
			n++
		}
	}
	return n
}

// answered is the finding that answers the question of the run, where it passed,
// and its note.
func answered(r scenarios.Result) string {
	id := kindOf(r).question
	for _, f := range r.Findings {
		if f.ID != id || f.Status != scenarios.StatusPass {
			continue
		}
		text := sentenceOf(f)
		if note := strings.TrimRight(message(f.Note), "."); note != "" {
			text += ". " + note
		}
		return text
	}
	return ""
}

// reached counts the coordinators that answered, of how many.
func reached(r scenarios.Result) string {
	seen := 0
	for _, c := range r.Coords {
		if c.Sessions > 0 {
			seen++
		}
	}
	switch k := r.Scenario.Expect.Coordinators.K(); {
	case k == 0:
		return count(seen, "coordinator") + " (no number was declared)"
	case seen < k:
		return fmt.Sprintf("%d of %s", seen, count(k, "coordinator"))
	case seen == 1:
		return "the one coordinator"
	default:
		return fmt.Sprintf("all %s", count(seen, "coordinator"))
	}
}

// soonest is the min of days that a certificate has left.
func soonest(certs []scenarios.Cert) int {
	days := daysLeft(certs[0])
	for _, c := range certs {
		days = min(days, daysLeft(c))
	}
	return days
}

// statusOf is the worst status that a finding of this id has; where there is
// none, it was not judged: skipped.
func statusOf(r scenarios.Result, id string) scenarios.Status {
	status := scenarios.StatusSkipped
	for _, s := range []scenarios.Status{scenarios.StatusPass, scenarios.StatusInconclusive, scenarios.StatusFail} {
		if slices.ContainsFunc(r.Findings, func(f scenarios.Finding) bool { return f.ID == id && f.Status == s }) {
			status = s
		}
	}
	return status
}

// notes says the first note that names one coordinator or node, for whom to look at
// is what a reader of this line wants, and names the findings with other notes.
func notes(r scenarios.Result) string {
	var said string
	var ids []string
	for _, f := range r.Findings {
		switch {
		case f.Note == "" || f.ID == kindOf(r).question:
		case said == "" && namesOne(r, f.Note):
			said = fmt.Sprintf("; note: %s (%s)", strings.TrimRight(Neutralize(f.Note, maxLine), "."), name(f.ID))
		case !slices.Contains(ids, name(f.ID)):
			ids = append(ids, name(f.ID))
		}
	}
	if len(ids) == 0 {
		return said
	}
	return said + "; see the note on " + joined(ids, 3)
}

// namesOne reports whether a text names exactly one of a run's coordinators and nodes.
func namesOne(r scenarios.Result, text string) bool {
	n := 0
	for _, c := range r.Coords {
		if c.Name != "" && strings.Contains(text, c.Name) {
			n++
		}
	}
	for _, node := range r.Nodes {
		if node.Address.IsValid() && strings.Contains(text, node.Address.String()) {
			n++
		}
	}
	return n == 1
}

// failed names the first failed finding and counts the others.
func failed(r scenarios.Result) string {
	fails := withStatus(r, scenarios.StatusFail)
	if len(fails) == 0 {
		return "no finding has the reason"
	}
	return fmt.Sprintf("%s (%s); %d of %s failed", sentenceOf(fails[0]), name(fails[0].ID), len(fails), count(len(r.Findings), "finding"))
}

// unproven is why there is no verdict either way.
func unproven(r scenarios.Result) string {
	open := withStatus(r, scenarios.StatusInconclusive)
	if r.Stopped != nil && r.Stopped.By == scenarios.StopScout {
		text := stopText(*r.Stopped)
		if len(open) > 0 && strings.HasSuffix(sentenceOf(open[0]), text) {
			text = strings.TrimPrefix(sentenceOf(open[0]), "nothing was measured: ") // with what the run knows of it
		}
		return text
	}
	if len(open) == 0 && kindOf(r).aws && len(r.Findings) > 0 {
		return sentenceOf(r.Findings[0])
	}
	if len(open) == 0 {
		if r.Sessions.Attempted == 0 {
			return "nothing was measured" + stopped(r)
		}
		return fmt.Sprintf("%s prove nothing either way", count(r.Sessions.Attempted, "session")) + stopped(r)
	}
	return fmt.Sprintf("%s (%s); %d of %s could not be judged", sentenceOf(open[0]), name(open[0].ID), len(open), count(len(r.Findings), "finding")) + stopped(r)
}

// stopped is why the run ended early; "" where it did not.
func stopped(r scenarios.Result) string {
	switch {
	case r.Stopped == nil && r.Complete:
		return ""
	case r.Stopped == nil:
		return "; the run did not complete"
	case r.Stopped.By == scenarios.StopPartial:
		return "; not whole: " + stopText(*r.Stopped)
	case r.Stopped.By == scenarios.StopInterrupted:
		return "; interrupted after " + count(r.Sessions.Attempted, "session")
	default:
		return "; stopped early: " + stopText(*r.Stopped)
	}
}

func stopText(s scenarios.Stop) string {
	text := strings.TrimRight(Neutralize(s.Text, maxLine), ".")
	if class := name(s.Class.String()); class != "" && !strings.Contains(text, class) {
		text += " (" + class + ")"
	}
	return text
}

func withStatus(r scenarios.Result, s scenarios.Status) []scenarios.Finding {
	return having(r.Findings, s)
}

// having is the findings of one status.
func having(fs []scenarios.Finding, s scenarios.Status) []scenarios.Finding {
	var out []scenarios.Finding
	for _, f := range fs {
		if f.Status == s {
			out = append(out, f)
		}
	}
	return out
}

// sentenceOf is a finding's claim without its full stop.
func sentenceOf(f scenarios.Finding) string { return strings.TrimRight(claim(f), ".") }

// writeNext writes the one fix to try first.
func writeNext(p *page, r scenarios.Result) {
	if text := p.Fixes(next(r)); text != "" {
		p.line("")
		p.para(p.paint(bold, "next: "), len("next: "), text)
	}
}

// next is the fix of the first failed finding; else of what stopped the run; else of
// an error, an inconclusive finding or a note.
func next(r scenarios.Result) scenarios.Fixes {
	fixes := func(s scenarios.Status) scenarios.Fixes {
		for _, f := range r.Findings {
			if f.Status == s && len(f.Fix) > 0 && (s != scenarios.StatusPass || f.Note != "") {
				return f.Fix
			}
		}
		return nil
	}
	if fix := fixes(scenarios.StatusFail); fix != nil {
		return fix
	}
	if r.Stopped != nil && r.Stopped.By == scenarios.StopScout {
		if fix := fixes(scenarios.StatusInconclusive); fix != nil {
			return fix // it is the hint, unless the run knows better
		}
	}
	if r.Stopped != nil && len(r.Stopped.Hint) > 0 {
		return r.Stopped.Hint
	}
	for _, e := range r.Errors {
		if len(e.Hint) > 0 {
			return e.Hint
		}
	}
	if fix := fixes(scenarios.StatusInconclusive); fix != nil {
		return fix
	}
	return fixes(scenarios.StatusPass)
}

// writeVerdict writes the last line. It is not wrapped: a CI log shows its tail.
func writeVerdict(p *page, r scenarios.Result) {
	_, colour := label(r.Verdict)
	word, text := verdictOf(r)
	p.line("")
	p.line(p.paint(colour, word+":") + " " + text)
}

// verdictOf is the word of the verdict, and the sentence after it.
func verdictOf(r scenarios.Result) (word, text string) {
	word = verdictWord(r)
	text = message(r.Summary)
	if text == "" {
		text = message(Sentence(r))
	}
	return word, strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, word+":"), strings.ToUpper(r.Verdict.String())+":"))
}

// soFar says what a run has done that still goes on.
func soFar(r scenarios.Result) string {
	if r.Sessions.Attempted == 0 {
		return "no session of it has ended yet."
	}
	return fmt.Sprintf("%s over %s reached %s so far; %d failed.", count(r.Sessions.Attempted, "session"),
		count(nodesWithSessions(r.Nodes), "node"), reached(r), r.Sessions.Failed)
}
