package doctor

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Client is a program of which the user asks whether it will work. "" is none.
type Client string

// The clients.
const (
	ClientHue   Client = "hue"
	ClientJDBC  Client = "jdbc"
	ClientShell Client = "impala-shell"
)

// needs is what a client needs to work.
type needs struct {
	name   Client
	speaks []scenarios.Protocol // the usual one first
	logins []scenarios.Mechanism
	told   func(Seen) []string // what it must be told, or what else to look at
}

// clients is the table of them.
var clients = []needs{
	{ClientHue, []scenarios.Protocol{vocab.ProtocolHS2},
		[]scenarios.Mechanism{scenarios.MechanismNone, scenarios.MechanismLDAP, scenarios.MechanismKerberos}, hueNeeds},
	{ClientJDBC, []scenarios.Protocol{vocab.ProtocolHS2, vocab.ProtocolHS2HTTP},
		[]scenarios.Mechanism{scenarios.MechanismNone, scenarios.MechanismLDAP, scenarios.MechanismKerberos, scenarios.MechanismJWT}, jdbcNeeds},
	{ClientShell, []scenarios.Protocol{vocab.ProtocolHS2, vocab.ProtocolHS2HTTP, vocab.ProtocolBeeswax},
		[]scenarios.Mechanism{scenarios.MechanismNone, scenarios.MechanismLDAP, scenarios.MechanismKerberos, scenarios.MechanismJWT}, shellNeeds},
}

// Clients lists the clients.
func Clients() []string {
	var out []string
	for _, c := range clients {
		out = append(out, string(c.name))
	}
	return out
}

// fits says whether a client will work, by the ways that do.
func (name Client) fits(s Seen) Fit {
	c := clients[slices.IndexFunc(clients, func(c needs) bool { return c.name == name })]
	f := Fit{Client: name}
	for _, cell := range s.working() {
		if slices.Contains(c.speaks, cell.Protocol) && slices.Contains(c.logins, cell.Login) {
			f.Works = new(true)
			f.Reasons = append(f.Reasons, fmt.Sprintf("it speaks %s, which works on port %d with login %s%s", cell.Protocol, cell.Port, cell.Login, withTLS(cell.TLS)))
		}
	}
	if f.Works == nil {
		if len(s.Ports) > 0 {
			f.Works = new(false)
		}
		f.Reasons = append(f.Reasons, fmt.Sprintf("it speaks %s, and no session of that opens here", listed(c.speaks)))
	}
	f.Reasons = append(f.Reasons, c.told(s)...)
	return f
}

// working are the cells that work.
func (s Seen) working() []Cell {
	return slices.DeleteFunc(slices.Clone(s.Cells), func(c Cell) bool { return c.State != StateWorks })
}

// works reports whether a cell does of which a condition holds.
func (s Seen) works(holds func(Cell) bool) bool { return slices.ContainsFunc(s.working(), holds) }

// hueNeeds: Hue keeps several connections, and presents the handles of one on another
// (its documentation asks for a balancer that goes by the client's address).
func hueNeeds(s Seen) []string {
	out := []string{"it presents handles of one connection on another: behind a balancer with several coordinators it needs one coordinator for each client address (HAProxy: balance source). One session does not show that: `impala-lbcheck handle-reuse HOST` does"}
	if s.works(isImpala) || len(s.working()) == 0 {
		return out
	}
	return append(out, "the server has no Ping, and so is no Impala: use Hue's Hive settings for it")
}

// jdbcNeeds: what the drivers must be told.
func jdbcNeeds(s Seen) []string {
	var out []string
	if s.works(func(c Cell) bool { return c.Login == scenarios.MechanismNone && c.Protocol == vocab.ProtocolHS2 }) {
		out = append(out, "without a login its URL needs auth=noSasl: otherwise it sends a SASL login, and hangs")
	}
	if s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolHS2HTTP }) {
		out = append(out, "over HTTP its URL needs cookieName=impala.auth: otherwise it logs in again with every call")
	}
	if s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolHS2HTTP && !c.TLS }) {
		out = append(out, "Impala's cookies are for TLS alone unless --cookie_require_secure=false: without TLS it logs in again with every call")
	}
	return out
}

// shellNeeds: what impala-shell must be told.
func shellNeeds(s Seen) []string {
	var out []string
	if s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolBeeswax }) && !s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolHS2 }) {
		out = append(out, "only Beeswax works, which new versions of Impala do not serve: it needs --protocol=beeswax, from version 4 on")
	}
	if s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolHS2 && !isImpala(c) }) {
		out = append(out, "the server has no Ping, and so is no Impala: it needs --strict_hs2_protocol")
	}
	if s.works(func(c Cell) bool { return c.Login == scenarios.MechanismLDAP && !c.TLS }) {
		out = append(out, "without TLS it needs --auth_creds_ok_in_clear: the password goes in clear")
	}
	if s.works(func(c Cell) bool { return c.Protocol == vocab.ProtocolHS2HTTP }) {
		out = append(out, "over HTTP, versions before 4.6 make a connection for every call: a balancer that chooses for each connection loses their sessions")
	}
	if s.works(func(c Cell) bool { return c.TLS }) {
		out = append(out, "with --ssl alone it checks no certificate: give it --ca_cert, too")
	}
	return out
}

// isImpala reports whether the server said its version, by a call that Impala has.
func isImpala(c Cell) bool { return c.Who.Version != "" }

func withTLS(on bool) string {
	if on {
		return " and TLS"
	}
	return ""
}

func listed(all []scenarios.Protocol) string {
	text := ""
	for i, p := range all {
		switch {
		case i == 0:
		case i == len(all)-1:
			text += " or "
		default:
			text += ", "
		}
		text += string(p)
	}
	return text
}
