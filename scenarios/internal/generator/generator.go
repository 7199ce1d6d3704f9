package generator

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Generator is how the generator kept what it promised.
type Generator struct {
	Paced           int               // sessions that had a time to start at
	Late            int               // of them, started more than LateAfter after it
	LateByGenerator int               // of the late ones, by the generator's fault
	P99, Max        time.Duration     // of what it owes
	Dropped         int               // were due and never started
	Local           int               // sessions that failed for want of something of this machine
	classes         []scenarios.Class // theirs
	cores           float64           // used, and of how many
	ofCores         int
	Short           []scenarios.Resource // there is less of them than the plan takes
}

// Of reads it off the evidence. Where nothing was paced, nothing was promised.
func Of(e scenarios.Measured) Generator {
	var g Generator
	looks := batch.Pool(e.Looks)
	for _, group := range batch.Errors(looks) {
		if group.Class.IsLocal() {
			g.Local += group.Count
			g.classes = batch.Union(g.classes, []scenarios.Class{group.Class})
		}
	}
	if e.Load == nil {
		return g
	}
	g.cores, g.ofCores = e.Load.Cores, e.Load.OfCores
	for _, r := range e.Load.Needs {
		if r.Short() {
			g.Short = append(g.Short, r)
		}
	}
	if budget.Paced(e.Scenario) {
		g.Paced, g.Late, g.Dropped = e.Load.Lag.Count(), e.Load.Late, e.Load.Dropped
		g.LateByGenerator = above(e.Load.Owed, scenarios.LateAfter)
		g.P99, g.Max = e.Load.Owed.Quantile(.99), e.Load.Owed.Max()
	}
	return g
}

// above counts the times longer than d.
func above(t scenarios.Times, d time.Duration) int {
	n := t.Count()
	return n - sort.Search(n, func(i int) bool { return t.Ranked(i+1) > d })
}

// Allowed is how many late starts of the generator's are no matter: one in a
// hundred, and a lone one always, since any machine pauses once.
func (g Generator) Allowed() int { return max(1, g.Paced/100) }

// Behind reports whether the generator did not keep up.
func (g Generator) Behind() bool { return g.Local > 0 || g.LateByGenerator > g.Allowed() }

// busyCores is the share of its cores from which a process is taken to lack them.
const busyCores = .8

// DescribeFailure says what the generator failed at.
func (g Generator) DescribeFailure() string {
	var out []string
	if g.Local > 0 {
		out = append(out, fmt.Sprintf("%s (%s)", FailedHere(g.Local), phrase.List(batch.Texts(g.classes))))
	}
	if g.LateByGenerator > g.Allowed() {
		out = append(out, fmt.Sprintf("the generator started %d of %s more than %s late", g.LateByGenerator, phrase.Count(g.Paced, "session"), scenarios.LateAfter))
	}
	if g.Dropped > 0 {
		out = append(out, fmt.Sprintf("%d that were due never started", g.Dropped))
	}
	return strings.Join(out, "; ")
}

// FailedHere says how many sessions failed on this machine.
func FailedHere(n int) string {
	if n == 1 {
		return "1 session failed on this machine before it reached the service"
	}
	return phrase.Count(n, "session") + " failed on this machine before they reached the service"
}

// Cause names what the generator lacked, and what helps.
func (g Generator) Cause() (what string, fixes scenarios.Fixes) {
	scarce := func(name string) bool {
		return slices.ContainsFunc(g.Short, func(r scenarios.Resource) bool { return r.Name == name })
	}
	wants := func(name string, kind vocab.Kind) bool {
		return slices.ContainsFunc(g.classes, func(c scenarios.Class) bool { return c.Kind == kind }) || g.Local == 0 && scarce(name)
	}
	switch {
	case wants("descriptors", vocab.KindLocalFiles):
		return g.scarcity("descriptors"), phrase.Try("raise the limit of open files (ulimit -n)", "hold fewer sessions")
	case wants("ports", vocab.KindLocalPorts):
		return g.scarcity("ports"), slices.Concat(
			phrase.Set("load.local_addresses", "", "dial from several local addresses"), phrase.Set("load.rate", "", "lower the rate"), phrase.Try("widen net.ipv4.ip_local_port_range"))
	case g.ofCores > 0 && g.cores >= busyCores*float64(g.ofCores) || scarce("cores"):
		return fmt.Sprintf("it lacks cores: it used %.1f of %d", g.cores, g.ofCores),
			slices.Concat(phrase.Try("run it on a machine with more cores"), phrase.Set("load.rate", "", "lower the rate"))
	}
	return "this machine was too busy (other processes ran, or this one was stopped)",
		slices.Concat(phrase.Try("run it on an idle machine"), phrase.Set("load.rate", "", "lower the rate"))
}

// scarcity says how much of a resource the plan takes, where that is known.
func (g Generator) scarcity(name string) string {
	for _, r := range g.Short {
		if r.Name == name {
			return fmt.Sprintf("it lacks %s: the plan needs %d and this machine has %d", name, r.Need, r.Have)
		}
	}
	return "it lacks " + name
}

// DescribeDropped says that the offered load was not.
func (g Generator) DescribeDropped() string {
	return fmt.Sprintf("%d of %s that were due never started, because unfinished sessions occupied every slot: the offered load was not reached",
		g.Dropped, phrase.Count(g.Paced+g.Dropped, "session"))
}
