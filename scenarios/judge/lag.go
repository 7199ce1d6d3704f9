package judge

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// lagRules are what differs by kind.
type lagRules struct {
	dropsNeedThreshold bool // sessions that never started prove nothing unless a threshold counts them
	sequential         bool // a session waits for those before it, not for a free slot
}

// lagJudge asks whether the generator kept up: where it did not, times say
// nothing of the service, and the run proves nothing. A run without a pace
// promised nothing, and there is no finding.
func lagJudge(rules lagRules) judgeFunc {
	return func(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
		g := generatorOf(e)
		if g.paced+g.dropped+g.local == 0 {
			return nil, scenarios.NextLook{}
		}
		return []scenarios.Finding{lagFinding(g, e.Scenario, rules)}, scenarios.NextLook{}
	}
}

// lagFinding is the claim.
func lagFinding(p generator, s scenarios.Scenario, rules lagRules) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.LoadLag, Limit: num(millis(scenarios.LateAfter))}
	if p.paced > 0 {
		f.Observed = num(millis(p.p99))
		f.Explain = fmt.Sprintf("Of %s, %d started more than %s late, and %d of them by the generator's fault; more than %d of those would be too many. p99 of what it owes: %s",
			count(p.paced, "session"), p.late, scenarios.LateAfter, p.lateByGenerator, p.allowed(), short(p.p99))
	}
	switch {
	case p.behind():
		what, fixes := p.cause()
		f.Message, f.Fix = p.describeFailure()+": "+what, fixes
	case p.dropped > 0 && rules.dropsNeedThreshold && !judgesDropped(s):
		f.Message = p.describeDropped() + "; nothing declared says whether that is too slow"
		f.Fix = slices.Concat(set("thresholds", "", "add a threshold on session.login, in which they count as infinite"), set("load.concurrency", "", "raise the concurrency if the service is not at fault"))
	default:
		f.Status = scenarios.Pass
		f.Message = "the generator started every session in time"
		if p.late > 0 {
			f.Message = "the generator kept up"
		}
	}
	f.Note = lagRemarks(p, s, rules, f.Status)
	return f
}

// generator is how the generator kept what it promised.
type generator struct {
	paced           int               // sessions that had a time to start at
	late            int               // of them, started more than LateAfter after it
	lateByGenerator int               // of the late ones, by the generator's fault
	p99             time.Duration     // of what it owes
	dropped         int               // were due and never started
	local           int               // sessions that failed for want of something of this machine
	classes         []scenarios.Class // theirs
	cores           float64           // used, and of how many
	ofCores         int
	short           []scenarios.Resource // there is less of them than the plan takes
}

// generatorOf reads it off the evidence. Where nothing was paced, nothing was promised.
func generatorOf(e scenarios.Measured) generator {
	var p generator
	looks := pool(e.Looks)
	for _, g := range classes(looks) {
		if g.Class.IsLocal() {
			p.local += g.Count
			p.classes = union(p.classes, []scenarios.Class{g.Class})
		}
	}
	if e.Load == nil {
		return p
	}
	p.cores, p.ofCores = e.Load.Cores, e.Load.OfCores
	for _, r := range e.Load.Needs {
		if r.Short() {
			p.short = append(p.short, r)
		}
	}
	if paced(e.Scenario) {
		p.paced, p.late, p.dropped = e.Load.Lag.Count(), e.Load.Late, e.Load.Dropped
		p.lateByGenerator, p.p99 = above(e.Load.Owed, scenarios.LateAfter), e.Load.Owed.Quantile(.99)
	}
	return p
}

// above counts the times longer than d.
func above(t scenarios.Times, d time.Duration) int {
	n := t.Count()
	return n - sort.Search(n, func(i int) bool { return t.Ranked(i+1) > d })
}

// allowed is how many late starts of the generator's are no matter: one in a
// hundred, and a lone one always, since any machine pauses once.
func (p generator) allowed() int { return max(1, p.paced/100) }

// behind reports whether the generator did not keep up.
func (p generator) behind() bool { return p.local > 0 || p.lateByGenerator > p.allowed() }

// busyCores is the share of its cores from which a process is taken to lack them.
const busyCores = .8

// describeFailure says what the generator failed at.
func (p generator) describeFailure() string {
	var out []string
	if p.local > 0 {
		out = append(out, fmt.Sprintf("%s (%s)", failedHere(p.local), list(texts(p.classes))))
	}
	if p.lateByGenerator > p.allowed() {
		out = append(out, fmt.Sprintf("the generator started %d of %s more than %s late", p.lateByGenerator, count(p.paced, "session"), scenarios.LateAfter))
	}
	if p.dropped > 0 {
		out = append(out, fmt.Sprintf("%d that were due never started", p.dropped))
	}
	return strings.Join(out, "; ")
}

// failedHere says how many sessions failed on this machine.
func failedHere(n int) string {
	if n == 1 {
		return "1 session failed on this machine before it reached the service"
	}
	return count(n, "session") + " failed on this machine before they reached the service"
}

// cause names what the generator lacked, and what helps.
func (p generator) cause() (what string, fixes scenarios.Fixes) {
	scarce := func(name string) bool {
		return slices.ContainsFunc(p.short, func(r scenarios.Resource) bool { return r.Name == name })
	}
	wants := func(name string, kind vocab.Kind) bool {
		return slices.ContainsFunc(p.classes, func(c scenarios.Class) bool { return c.Kind == kind }) || p.local == 0 && scarce(name)
	}
	switch {
	case wants("descriptors", vocab.KindLocalFiles):
		return p.scarcity("descriptors"), try("raise the limit of open files (ulimit -n)", "hold fewer sessions")
	case wants("ports", vocab.KindLocalPorts):
		return p.scarcity("ports"), slices.Concat(
			set("load.local_addresses", "", "dial from several local addresses"), set("load.rate", "", "lower the rate"), try("widen net.ipv4.ip_local_port_range"))
	case p.ofCores > 0 && p.cores >= busyCores*float64(p.ofCores) || scarce("cores"):
		return fmt.Sprintf("it lacks cores: it used %.1f of %d", p.cores, p.ofCores),
			slices.Concat(try("run it on a machine with more cores"), set("load.rate", "", "lower the rate"))
	}
	return "this machine was too busy (other processes ran, or this one was stopped)",
		slices.Concat(try("run it on an idle machine"), set("load.rate", "", "lower the rate"))
}

// scarcity says how much of a resource the plan takes, where that is known.
func (p generator) scarcity(name string) string {
	for _, r := range p.short {
		if r.Name == name {
			return fmt.Sprintf("it lacks %s: the plan takes %d and this machine has %d", name, r.Need, r.Have)
		}
	}
	return "it lacks " + name
}

// describeDropped says that the offered load was not.
func (p generator) describeDropped() string {
	return fmt.Sprintf("%d of %s that were due never started, since sessions that the service had not finished took every place: the offered load was not reached",
		p.dropped, count(p.paced+p.dropped, "session"))
}

// lagRemarks are what to know though the generator kept up, or besides that it did not.
func lagRemarks(p generator, s scenarios.Scenario, rules lagRules, status scenarios.Status) string {
	note := ""
	if p.dropped > 0 && status == scenarios.Pass {
		note = p.describeDropped() + "; that is the service's, and errors and thresholds say how bad it is"
	}
	if waited := p.late - p.lateByGenerator; waited > 0 {
		why := fmt.Sprintf("%s waited for a free place: the service was slow, or load.concurrency, %d, is too low", count(waited, "session"), s.Load.Concurrency)
		if rules.sequential {
			why = fmt.Sprintf("%s started late because those before had not ended: the service was slow for a pace of %s", count(waited, "session"), s.Load.Rate)
		}
		note = join(note, why)
	}
	for _, r := range p.short {
		if status == scenarios.Pass {
			note = join(note, fmt.Sprintf("The plan takes %d %s where this machine has %d", r.Need, r.Name, r.Have))
		}
	}
	return note
}

// judgesDropped reports whether some threshold feels sessions that were due and
// never started.
func judgesDropped(s scenarios.Scenario) bool {
	all, err := parseAll(s)
	return err == nil && slices.ContainsFunc(all, func(t Threshold) bool {
		atMost := strings.HasPrefix(t.Op, "<")
		return t.Metric.fromDue() && t.Agg.timed() && atMost || t.Agg == Count && !atMost
	})
}
