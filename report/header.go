package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeHeader says what was run, against what and when.
func writeHeader(p *page, r scenarios.Result) {
	p.para(p.paint(bold, "impala-lbcheck "), len("impala-lbcheck "), subjectOf(r))
	writeFacts(p, r)
}

// subjectOf is what was run, against what.
func subjectOf(r scenarios.Result) string {
	return name(r.Scenario.Name) + " " + endpoints(r.Scenario.Target)
}

// writeFacts lists what is to be known of a run before its findings.
func writeFacts(p *page, r scenarios.Result) {
	p.fact("nodes", nodesDialled(r.Nodes))
	if !kindOf(r).aws {
		p.fact("connection", connection(r.Scenario))
	}
	p.fact("server", commonVersion(r.Coords))
	if r.Sessions.Attempted > 0 && kindOf(r).balance {
		p.fact("policy", policy(r.Policy))
	}
	if !kindOf(r).aws {
		p.fact("sessions", sessions(r))
	}
	if !r.Started.IsZero() {
		p.fact("started", clock(r.Started, layoutSecond)+", took "+rounded(r.Seconds))
	}
	p.fact("run", runText(r))
}

// runText is which run it was, and of which version.
func runText(r scenarios.Result) string {
	return fmt.Sprintf("%s, seed %d, impala-lbcheck %s", name(r.Run), r.Seed, name(r.Tool))
}

// fact writes one line of a list of terms; an empty text is left out.
func (p *page) fact(term, text string) {
	if p.collects {
		if text != "" {
			p.blocks = append(p.blocks, block{fact: fact{term, text}})
		}
		return
	}
	head := fmt.Sprintf("%s%-10s  ", indent, term)
	p.para(head, len(head), text)
}

func endpoints(t scenarios.Target) string {
	names := make([]string, len(t.Endpoints))
	for i, e := range t.Endpoints {
		names[i] = name(e)
	}
	return joined(names, 8)
}

func nodesDialled(nodes []scenarios.NodeTally) string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = address(n.Address)
	}
	return joined(names, 8)
}

// connection is the protocol, the login and TLS.
func connection(s scenarios.Scenario) string {
	protocol := s.Target.Protocol
	if protocol == "" {
		protocol = scenarios.ProtocolHS2
	}
	parts := []string{name(string(protocol))}
	parts = append(parts, loginText(s.Auth))
	if !s.TLS.Enabled {
		return strings.Join(append(parts, "no TLS"), ", ")
	}
	secured := "TLS"
	if s.TLS.CACert != "" {
		secured += " trusting " + name(s.TLS.CACert)
	}
	return strings.Join(append(parts, secured), ", ")
}

// commonVersion is the version of every coordinator that reported one; empty where
// they differ, which the section on coordinators shows.
func commonVersion(cs []scenarios.CoordTally) string {
	common := ""
	for _, c := range cs {
		switch c.Version {
		case "", common:
		default:
			if common != "" {
				return ""
			}
			common = c.Version
		}
	}
	return name(common)
}

// policy is the declared one, and what the order of sessions looks like.
func policy(s scenarios.PolicySeen) string {
	declared := string(s.Declared)
	switch s.Declared {
	case "":
		return ""
	case scenarios.PolicyAuto:
		declared = "auto: not declared, judged as random"
	}
	if s.Inferred != "" && s.Inferred != s.Declared {
		declared += "; the order of sessions looks like " + string(s.Inferred)
	}
	return message(declared)
}

// sessions counts them, look by look, and those that are in no tally.
func sessions(r scenarios.Result) string {
	s := r.Sessions
	parts := []string{"none counted"}
	if s.Attempted > 0 {
		parts[0] = fmt.Sprintf("%d (%d ok, %d failed", s.Attempted, s.OK, s.Failed)
		if s.Unknown > 0 {
			parts[0] += fmt.Sprintf(", %d cut off", s.Unknown)
		}
		parts[0] += ")" + looks(r.Looks)
	}
	for _, beside := range []struct {
		n    int
		what string
	}{
		{s.Scout, scoutsBefore(s.Scout)},
		{s.Settle, "%d while settling"},
		{s.Refused, "%d refused by us because of the certificate"},
		{s.LeftOpen, "%d left open on the server"},
	} {
		if beside.n > 0 {
			parts = append(parts, fmt.Sprintf(beside.what, beside.n))
		}
	}
	return strings.Join(parts, "; ")
}

func scoutsBefore(n int) string {
	if n == 1 {
		return "%d scout before them"
	}
	return "%d scouts before them"
}

// maxLooks is how many looks the header spells out; a run has up to six.
const maxLooks = 8

func looks(ls []scenarios.Look) string {
	var parts []string
	for i, l := range ls {
		if l.Kind == scenarios.LookWhole {
			continue // all sessions are one look
		}
		n, _, _, _ := l.Tally.Total()
		part := fmt.Sprintf("%s look of %d", l.Kind, n)
		if i > 0 && l.Continues(ls[i-1]) {
			part = fmt.Sprintf("%d more", n) // the same look goes on
		}
		if burst, _, _, _ := l.Burst.Total(); burst > 0 {
			part += fmt.Sprintf(" + %d at once", burst)
		}
		if l.Cut {
			part += fmt.Sprintf(" (cut short, %d planned)", l.Planned)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + joined(parts, maxLooks)
}

// mechanisms are how the mechanisms are written.
var mechanisms = map[scenarios.Mechanism]string{
	scenarios.MechanismNone: "no login", scenarios.MechanismLDAP: "LDAP", scenarios.MechanismKerberos: "Kerberos", scenarios.MechanismJWT: "JWT",
}

// loginText is who logs in, how, and for whom.
func loginText(a scenarios.Auth) string {
	text, known := mechanisms[cmp.Or(a.Mechanism, scenarios.MechanismNone)]
	if !known {
		text = strings.ToUpper(name(string(a.Mechanism)))
	}
	if user := cmp.Or(a.User, a.Principal); user != "" && a.Mechanism.LogsIn() {
		text += " as " + name(user)
	}
	if a.Delegate != "" {
		text += " for " + name(a.Delegate)
	}
	return text
}
