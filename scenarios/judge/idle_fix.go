package judge

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// What balancers do with idle connections unless told otherwise, in seconds.
// nginx: "keepalive_timeout", 75 s, of a connection over HTTP.
// Classic ELB: "Configure the idle connection timeout", 60 s, from 1 to 4000.
// NLB: "Update the TCP idle timeout", 350 s, then a reset at the next packet.
const (
	classicIdle = 60
	nginxIdle   = 75
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
	case l.http && l.near(s, nginxIdle):
		return phrase.Try("75 s is how long nginx keeps a client's connection unless it is told otherwise: raise keepalive_timeout")
	case l.http && l.near(s, classicIdle):
		return phrase.Try("60 s is the idle timeout of an ALB and of a Classic ELB unless it is set: raise idle_timeout.timeout_seconds, or IdleTimeout (up to 4000 s; keepalives do not help there)")
	case l.near(s, classicIdle):
		return phrase.Try("60 s is the idle timeout of a Classic ELB unless it is set: raise its IdleTimeout (up to 4000 s; keepalives do not help there)")
	case s.Cut == scenarios.CutRST:
		return phrase.Try("raise the idle timeout of the balancer (tcp.idle_timeout.seconds of an NLB's listener), or of a firewall that resets")
	case l.http:
		return phrase.Try("raise the time for which the proxy keeps a connection between two requests: timeout http-keep-alive of HAProxy (unless it is set, timeout http-request or timeout client counts), keepalive_timeout of nginx, the idle timeout of an ALB")
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
