package doctor

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// protocols are those that clients speak, with their usual ports.
var protocols = []scenarios.Protocol{vocab.ProtocolBeeswax, vocab.ProtocolHS2, vocab.ProtocolHS2HTTP}

// usualPorts are the ports to ask where the user named none: those of the protocol that
// was asked for, or of all.
func (w Wish) usualPorts() []uint16 {
	var out []uint16
	for _, p := range protocols {
		if !w.Protocol || p == w.Scenario.Target.Protocol {
			out = append(out, p.Port())
		}
	}
	slices.Sort(out)
	return out
}

// binary are the protocols without HTTP, the likelier one of a port first.
func binary(port uint16) []scenarios.Protocol {
	if port == vocab.ProtocolBeeswax.Port() {
		return []scenarios.Protocol{vocab.ProtocolBeeswax, vocab.ProtocolHS2}
	}
	return []scenarios.Protocol{vocab.ProtocolHS2, vocab.ProtocolBeeswax}
}

// cells are the ways in that what a port answers leaves possible, in the order in which
// they are to be tried; those that it rules out say why.
func (w Wish) cells(p Port) []Cell {
	h, ok := p.heard()
	if !ok || h.WantsProxy {
		return nil
	}
	var speaks []scenarios.Protocol
	switch {
	case overHTTP(h):
		speaks = []scenarios.Protocol{vocab.ProtocolHS2HTTP}
	case h.What == vocab.HeardThrift || h.What == vocab.HeardSASL:
		speaks = binary(p.Number)
	default:
		return nil
	}
	var out []Cell
	for _, protocol := range speaks {
		if w.Protocol && len(speaks) > 1 && protocol != w.Scenario.Target.Protocol {
			continue
		}
		for _, login := range w.logins() {
			c := Cell{Port: p.Number, Protocol: protocol, Login: login, TLS: spoken(h)}
			c.Wanted = login == w.Scenario.Auth.Mechanism
			if c.Why = ruledOut(h, login); c.Why != "" {
				c.State, c.Wanted = StateNotTried, false // what was heard is the reason, and is said as such
			}
			out = append(out, c)
		}
	}
	return out
}

// logins are no login, and the one that there are credentials for.
func (w Wish) logins() []scenarios.Mechanism {
	out := []scenarios.Mechanism{scenarios.MechanismNone}
	if m := w.Scenario.Auth.Mechanism; m.LogsIn() {
		out = append(out, m)
	}
	return out
}

// ruledOut says why a login cannot be what a port asks for; "": it may be.
func ruledOut(h hs2client.Heard, login scenarios.Mechanism) string {
	switch none := login == scenarios.MechanismNone; {
	case h.What == vocab.HeardSASL && none:
		return "a login is asked for there"
	case h.What == vocab.HeardSASL && login == scenarios.MechanismJWT:
		return "a token goes over HTTP alone (hs2-http)"
	case h.What == vocab.HeardThrift && !none:
		return "no login is asked for there"
	}
	return ""
}

// after rules cells out by what became of those before them; "": the cell is to be tried.
func after(before []Cell, c Cell) string {
	for _, b := range before {
		samePort := b.Port == c.Port
		switch {
		case b.State == StateWorks && samePort && b.Protocol != c.Protocol:
			return string(b.Protocol) + " is spoken there"
		case b.State == StateWorks && samePort && b.Login == scenarios.MechanismNone:
			return "no login is asked for there"
		case b.State != StateFails:
		case samePort && b.Failure.Class.IsTimeout():
			return "a session before had no answer there"
		case c.Login != scenarios.MechanismNone && b.Login == c.Login && spends(b.Failure.Class):
			return "these credentials have failed once, and are not sent again"
		case samePort && b.Protocol != c.Protocol && b.Failure.Class.Kind != vocab.KindUnsupported && b.Login == c.Login:
			return string(b.Protocol) + " failed there, and not because it is unknown"
		}
	}
	return ""
}

// spends reports whether a failure is of the credentials, so that they must not be sent
// again. A port that does not offer the login has not judged them.
func spends(c vocab.Class) bool {
	switch c.Kind {
	case vocab.KindMechanism, vocab.KindNeedsSASL, vocab.KindNoPath, vocab.KindRedirect, vocab.KindUnavailable, vocab.KindHTTPStatus, vocab.KindNoCredentials, vocab.KindHTTP:
		return false
	}
	return c.Phase == vocab.PhaseSASL
}
