package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// describeCut is "idle connections are cut between 55 s and 65 s (seen at 60.0 s), by FIN".
func (l idleLadder) describeCut() string {
	if len(l.dead) == 0 {
		return fmt.Sprintf("no idle connection was cut: %s answered, the last after %s", phrase.Count(len(l.alive), "session"), phrase.Seconds(l.longest()))
	}
	s := l.decidingStep()
	out := "idle connections are cut within " + phrase.Seconds(s.After)
	if s.aliveFor > 0 {
		out = fmt.Sprintf("idle connections are cut between %s and %s", phrase.Seconds(s.aliveFor), phrase.Seconds(s.After))
	}
	if s.At > 0 {
		out += fmt.Sprintf(" (seen at %s)", phrase.MeasuredSeconds(s.At))
	}
	if l.contradictory() {
		out += " over " + s.Node.String()
	}
	return out + ", " + cutBy(s.Cut, s.Class)
}

// cutBy says how a connection was cut.
func cutBy(cut scenarios.Cut, class scenarios.Class) string {
	switch cut {
	case scenarios.CutFIN:
		return "by FIN"
	case scenarios.CutRST:
		return "by RST"
	case scenarios.CutSilent:
		return "silently"
	}
	return "with " + class.String()
}

// explain lists the steps.
func (l idleLadder) explain() string {
	all := slices.Concat(l.alive, l.dead, l.unknown)
	slices.SortStableFunc(all, func(a, b idleStep) int { return cmp.Compare(a.After, b.After) })
	var parts []string
	for _, s := range all {
		parts = append(parts, phrase.Seconds(s.After)+": "+s.describe()+s.place())
	}
	if l.missing > 0 {
		parts = append(parts, phrase.Were(l.missing, "step")+" not begun")
	}
	return strings.Join(parts, "; ")
}

func (s idleStep) describe() string {
	switch {
	case s.Outcome == scenarios.OutcomeOK:
		return "alive"
	case s.Outcome == scenarios.OutcomeUnknown && s.Class.IsZero():
		return "not known"
	case s.Outcome == scenarios.OutcomeUnknown:
		return "never opened, " + s.Class.String()
	case s.At > 0:
		return fmt.Sprintf("cut at %s %s", phrase.MeasuredSeconds(s.At), cutBy(s.Cut, s.Class))
	}
	return "dead when asked, " + cutBy(s.Cut, s.Class)
}

// place is where the session went.
func (s idleStep) place() string {
	switch {
	case !s.Node.IsValid():
		return ""
	case s.Coordinator == "":
		return fmt.Sprintf(" (%s)", s.Node)
	}
	return fmt.Sprintf(" (%s, %s)", s.Node, s.Coordinator)
}

// What balancers do with idle connections unless told otherwise, in seconds.
// Classic ELB: "Configure the idle connection timeout", 60 s, from 1 to 4000.
// NLB: "Update the TCP idle timeout", 350 s, then a reset at the next packet.
const (
	classicIdle = 60
	networkIdle = 350
)

// fix names the setting that the time and the manner point at.
func (l idleLadder) fix() scenarios.Fixes {
	s := l.decidingStep()
	_, _, unsteady := l.unsteady()
	switch {
	case unsteady:
		return phrase.Try("look for a coordinator that was restarted meanwhile, and run it again; the steps are in the explanation")
	case s.Class.IsInvalidSession():
		return phrase.Try("it was the session that ended, not the connection: raise --idle_session_timeout of impalad, or the query option IDLE_SESSION_TIMEOUT")
	case s.Cut == scenarios.CutOther:
		return phrase.Try("balancers do not cut this way: check the session's error, and the coordinator's log of that time")
	case s.Cut == scenarios.CutSilent:
		return phrase.Try("something on the path (a firewall, NAT, a balancer) drops idle connections silently: raise its idle timeout, or let clients send TCP keepalives more often")
	case s.Cut == scenarios.CutRST && l.near(s, networkIdle):
		return phrase.Try("350 s is the idle timeout of an NLB, which resets at the next packet: raise tcp.idle_timeout.seconds of the listener (one of TLS stays at 350 s), or set --client_keepalive_probe_period_s below it")
	case l.near(s, classicIdle):
		return phrase.Try("60 s is the idle timeout of a Classic ELB unless it is set: raise its IdleTimeout (up to 4000 s; keepalives do not help there)")
	case s.Cut == scenarios.CutRST:
		return phrase.Try("raise the idle timeout of the balancer (tcp.idle_timeout.seconds of an NLB's listener), or of a firewall that resets")
	}
	return phrase.Try("raise the balancer's idle timeout: timeout client and timeout server of HAProxy, proxy_timeout of nginx; Impala closes a connection itself only where --idle_session_timeout is set")
}

// near reports whether a balancer's own default, scaled as the ladder is, may be
// what cut a step: it is where the cut was seen, give or take a tenth, or in the
// bracket.
func (l idleLadder) near(s idleStep, timeout float64) bool {
	t := scenarios.Seconds(timeout * l.scale)
	if s.At > 0 {
		return s.At > t*.9 && s.At < t*1.1
	}
	return s.aliveFor < t && t <= s.After
}
