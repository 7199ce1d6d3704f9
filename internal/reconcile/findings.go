package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// findings makes the findings of a reconciliation.
type findings struct {
	j *Join
	r Reconciliation
	p pairing
}

func (f findings) all() []scenarios.Finding {
	return []scenarios.Finding{f.joined(), f.clock(), f.reached(), f.backends(), f.failed()}
}

// share counts sessions with an outcome that have a local port, and those that joined.
func (f findings) share(o scenarios.Outcome) (joinedOnes, all int) {
	for i, s := range f.j.sessions {
		if s.Outcome != o || !s.Client.IsValid() {
			continue
		}
		all++
		if f.p.pairs[i].state == joined {
			joinedOnes++
		}
	}
	return joinedOnes, all
}

// cutOff says what is not known of a run that was killed.
const cutOff = "the observations end in a line that is cut off, as of a run that was killed: what follows is not known"

// enoughJoined is the share of the good sessions that must have a line: access logs of AWS
// are no complete account.
const enoughJoined = 0.95

// joined claims that the log has the sessions that succeeded.
func (f findings) joined() scenarios.Finding {
	n, all := f.share(scenarios.OutcomeOK)
	out := scenarios.Finding{ID: scenarios.ReconcileJoined, Observed: number(n), Expected: number(all), Note: f.brokenLines()}
	switch {
	case f.r.Sessions.Why != "":
		out.Message = "no session joins: " + f.r.Sessions.Why
		return out
	case all == 0 && f.j.options.Lacking != "":
		out.Status, out.Message = scenarios.StatusSkipped, f.j.options.Lacking
		return out
	case all == 0:
		out.Status, out.Message = scenarios.StatusSkipped, "no session succeeded"
		return out
	}
	low, high := stats.Interval(n, all)
	out.Explain = fmt.Sprintf("between %.1f %% and %.1f %% of sessions like these have a line that can be told from others (95 %% confidence)", low*100, high*100)
	scouts, allScouts := f.scouts()
	out.Message = fmt.Sprintf("%d of %d sessions that succeeded have their line in the log", n-scouts, all-allScouts)
	switch {
	case allScouts == all:
		out.Message = fmt.Sprintf("%d of %d scouts have their line in the log", scouts, allScouts)
	case allScouts > 0:
		out.Message += fmt.Sprintf(", and so have %d of %d scouts", scouts, allScouts)
	}
	if n < all {
		out.Note = strings.TrimPrefix(out.Note+"; "+f.missing(), "; ")
	}
	switch {
	case f.j.options.Cut:
		out.Message += ", but " + cutOff
	case float64(n) >= enoughJoined*float64(all):
		out.Status = scenarios.StatusPass
	}
	return out
}

// scouts counts those of share that are scouts, of the good ones.
func (f findings) scouts() (joinedOnes, all int) {
	for i, s := range f.j.sessions {
		if !s.Scout || s.Outcome != scenarios.OutcomeOK || !s.Client.IsValid() {
			continue
		}
		all++
		if f.p.pairs[i].state == joined {
			joinedOnes++
		}
	}
	return joinedOnes, all
}

func (f findings) brokenLines() string {
	broken, records := 0, 0
	for _, file := range f.r.Log.Files {
		broken += file.Broken
		records += file.Records
	}
	if broken == 0 {
		return ""
	}
	return fmt.Sprintf("lines that could not be read: %d, beside %d that could", broken, records)
}

// maxUncertain is how far apart the differences of the clocks may be that sessions allow, and
// still say that the clocks agree: as far as two that drift, and are read in seconds.
const maxUncertain = 20 * time.Second

// clock claims that all pairs agree on one difference of the clocks.
func (f findings) clock() scenarios.Finding {
	out := scenarios.Finding{ID: scenarios.ReconcileClock}
	if !f.r.Clock.Known {
		out.Status, out.Message = scenarios.StatusSkipped, "no session joined"
		return out
	}
	out.Message = f.r.Clock.words()
	out.Explain = fmt.Sprintf("the sessions that joined allow %.1f to %.1f ms", f.r.Clock.Low, f.r.Clock.High)
	if n := f.r.Sessions.Untimely; n > 0 {
		out.Note = fmt.Sprintf("%d sessions do not agree: a clock was set during the run, or these lines are of others", n)
	}
	switch width := milliseconds(f.r.Clock.High - f.r.Clock.Low); {
	case width > maxUncertain:
		out.Message = fmt.Sprintf("the sessions that joined allow differences of the clocks that are %s apart: that is too much to say whether they agree", rounded(width))
		if f.j.options.Lacking != "" {
			out.Status = scenarios.StatusSkipped // it is of sessions of which the begin is not known
		}
	case f.r.Sessions.Untimely*20 <= f.r.Sessions.Joined:
		out.Status = scenarios.StatusPass
	}
	return out
}

// words say how the clocks differ.
func (c Clock) words() string {
	text := "the two clocks agree"
	if rest := milliseconds(c.Offset) - minutes(c.Zone); rest != 0 {
		text = "the log's clock is " + ahead(rest)
	}
	if c.Zone != 0 {
		text += fmt.Sprintf(", beside %g minutes of a time zone that the log does not name", c.Zone)
	}
	return text
}

// unlikely is the chance below which failed sessions that the log lacks are not lost lines.
const unlikely = 0.001

// reached claims that the failed sessions got to the balancer.
func (f findings) reached() scenarios.Finding {
	out := scenarios.Finding{ID: scenarios.ReconcileReached}
	n, all := f.share(scenarios.OutcomeFailed)
	good, allGood := f.share(scenarios.OutcomeOK)
	missing := f.lost(scenarios.OutcomeFailed)
	switch {
	case !f.r.Clock.Known:
		out.Status, out.Message = scenarios.StatusSkipped, "no session joined"
	case all == 0:
		out.Status, out.Message = scenarios.StatusSkipped, "no session failed with a known local port"
	case missing == 0:
		out.Status, out.Message = scenarios.StatusPass, fmt.Sprintf("the log has %d of %d failed sessions, and lacks none", n, all)
	default:
		lostGood := f.lost(scenarios.OutcomeOK)
		p := stats.FisherAtMost(all-missing, missing, allGood-lostGood, lostGood)
		out.P, out.Limit = &p, limit(unlikely)
		out.Message = fmt.Sprintf("the log lacks %d of %d failed sessions, and %d of %d good ones", missing, all, allGood-good, allGood)
		if p < unlikely {
			out.Status = scenarios.StatusFail
			out.Message += ": " + f.unlogged()
		}
	}
	return out
}

// unlogged says what the failed sessions that the log lacks have in common: one whose
// connection was accepted did get there.
func (f findings) unlogged() string {
	accepted := 0
	for i, s := range f.j.sessions {
		if s.Outcome == scenarios.OutcomeFailed && f.p.pairs[i].state == notLogged && s.Class.Phase > scenarios.PhaseTCP {
			accepted++
		}
	}
	switch accepted {
	case 0:
		return "no connection of the failed ones was accepted, so they did not get to the balancer"
	case f.lost(scenarios.OutcomeFailed):
		return "their connections were accepted, so the balancer, or something at its address, turned them away without a line"
	}
	return fmt.Sprintf("the connections of %d of them were accepted and turned away without a line, and the others did not get to the balancer", accepted)
}

// lost counts the sessions with a local port and an outcome of which the log has no line.
func (f findings) lost(o scenarios.Outcome) int {
	n := 0
	for i, s := range f.j.sessions {
		if s.Outcome == o && f.p.pairs[i].state == notLogged {
			n++
		}
	}
	return n
}

// backends claims that each backend of the log is one coordinator.
func (f findings) backends() scenarios.Finding {
	out := scenarios.Finding{ID: scenarios.ReconcileBackends}
	met, where := 0, map[string][]string{}
	var shared []string
	for _, b := range f.r.Backends {
		if len(b.Coordinators) > 0 {
			met++
		}
		for _, c := range slices.Sorted(maps.Keys(b.Coordinators)) {
			where[c] = append(where[c], b.Backend)
		}
		if len(b.Coordinators) > 1 {
			shared = append(shared, fmt.Sprintf("at %s we met %s", b.Backend, counted(b.Coordinators)))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(where)) {
		if len(where[c]) > 1 {
			shared = append(shared, fmt.Sprintf("%s was met at %s", c, strings.Join(where[c][:min(len(where[c]), maxListed)], " and ")))
		}
	}
	switch {
	case f.r.Log.Format != "" && !f.r.Log.Backends:
		out.Status, out.Message = scenarios.StatusSkipped, "a log of this format never says to which backend a connection was sent"
	case met == 0:
		out.Message = "no session that joined has both a backend and a coordinator"
	case len(shared) > 0:
		out.Status = scenarios.StatusFail
		out.Message = "backends and coordinators are not one to one: " + strings.Join(shared[:min(len(shared), maxListed)], "; ")
		out.Note = "is there another balancer behind this one, or did an address change hands?"
	default:
		out.Status, out.Message = scenarios.StatusPass, fmt.Sprintf("each of %d backends is one coordinator, and the tallies agree", met)
		out.Note = f.once()
	}
	return out
}

// maxListed is how many names a sentence holds.
const maxListed = 5

// once is a note where one to one rests on single sessions.
func (f findings) once() string {
	n := 0
	for _, b := range f.r.Backends {
		for _, sessions := range b.Coordinators {
			if sessions == 1 {
				n++
			}
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of them had one session alone", n)
}

// failed says where the failed sessions were sent.
func (f findings) failed() scenarios.Finding {
	out := scenarios.Finding{ID: scenarios.ReconcileFailed}
	failures := 0
	for _, s := range f.j.sessions {
		if s.Outcome == scenarios.OutcomeFailed {
			failures++
		}
	}
	switch {
	case failures == 0 && f.j.options.Cut:
		out.Message = "no session failed, but " + cutOff
	case failures == 0:
		out.Status, out.Message = scenarios.StatusPass, "no session failed"
	case len(f.r.Failed) == 0:
		out.Message = fmt.Sprintf("none of %d failed sessions joined, so the log says nothing of them", failures)
	default:
		out.Status = scenarios.StatusFail
		g, places := f.mostFailed()
		out.Message = fmt.Sprintf("%d of %d failed sessions %s", g.Sessions, failures, whither(g))
		if places > 1 {
			out.Message += fmt.Sprintf("; there are %d backends and reasons in all", places)
		}
	}
	return out
}

// mostFailed are the failed sessions of one backend and one reason, whatever their classes:
// how a refused backend shows is the balancer's choice. Places is how many such groups there
// are.
func (f findings) mostFailed() (most Failed, places int) {
	type place struct{ backend, reason string }
	of := map[place]Failed{}
	for _, g := range f.r.Failed {
		at := place{g.Backend, g.Reason}
		g.Sessions += of[at].Sessions
		of[at] = g
		if g.Sessions > most.Sessions {
			most = g
		}
	}
	return most, len(of)
}

func whither(g Failed) string {
	text := "were sent to " + g.Backend
	if g.Backend == "" {
		text = "were sent to no backend that the log names"
	}
	if g.Coordinator != "" {
		text += ", where others met " + g.Coordinator
	}
	if g.Reason != "" {
		return text + "; the log says " + g.Reason
	}
	return text + "; the log gives no reason"
}

// counted is "coord-a1:25000 (5) and coord-b1:25000 (3)".
func counted(n map[string]int) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s (%d)", name, n[name]))
	}
	return strings.Join(out[:min(len(out), maxListed)], " and ")
}

func number(n int) *float64 { return limit(float64(n)) }

func limit(v float64) *float64 { return &v }
