package doctor

import (
	"bytes"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// asKey writes a setting as a flag might be.
func asKey(f vocab.Fix) string { return strings.TrimSpace("--" + f.Setting + " " + f.Value) }

// failing is a failure of a class.
func failing(phase vocab.Phase, kind vocab.Kind, text string) *Failure {
	c := vocab.Class{Phase: phase, Kind: kind}
	return &Failure{Class: c, Text: text, Fix: scenarios.Fixes(hs2client.Advice(c, login(true)))}
}

// answers are heard by one connection.
func answers(what vocab.Heard, within bool) hs2client.Heard {
	return hs2client.Heard{What: what, Within: within, Connections: 3}
}

// port is a port of which the nodes answer so.
func port(number uint16, heard ...hs2client.Heard) Port {
	p := Port{Number: number}
	for i, h := range heard {
		p.Nodes = append(p.Nodes, Node{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), number), Heard: h})
	}
	return p
}

// without is a port to which no connection was made.
func without(number uint16, kind vocab.Kind) Port {
	p := port(number, hs2client.Heard{})
	p.Nodes[0].Failure = failing(vocab.PhaseTCP, kind, "dial: "+kind.String())
	return p
}

// wishing is a wish for a login.
func wishing(m scenarios.Mechanism) Wish {
	s := scenarios.Default()
	s.Auth.Mechanism, s.Auth.User = m, "ann"
	return Wish{Scenario: s, Login: m.LogsIn()}
}

// sessionOf is what became of a session over HS2.
func sessionOf(m scenarios.Mechanism, f *Failure) Cell {
	c := Cell{Port: 21050, Protocol: vocab.ProtocolHS2, Login: m, TLS: true, Wanted: true, State: StateFails, Failure: f}
	if f == nil {
		c.State, c.Who = StateWorks, vocab.Identity{Coordinator: "coord-a1:25000", Version: "impalad version 4.5.0"}
	}
	return c
}

// Every class of a failure that doctor may meet has its cause.
func TestDiagnose_NamesTheCauseOfAClass(t *testing.T) {
	t.Parallel()
	kerberos := map[vocab.Kind]string{
		vocab.KindNoTicket: "no-ticket", vocab.KindTicketExpired: "ticket-expired", vocab.KindClockSkew: "clock-skew", vocab.KindUnknownService: "unknown-service",
		vocab.KindUnknownClient: "unknown-client", vocab.KindKDCUnreachable: "kdc-unreachable", vocab.KindWrongRealm: "wrong-realm",
		vocab.KindNoEncryption: "no-common-encryption", vocab.KindServerProof: "server-proof", vocab.KindProtection: "protection",
		vocab.KindRejected: "rejected", vocab.KindTimeout: "login-hangs", vocab.KindEOF: "login-cut", vocab.KindMechanism: "mechanism",
	}
	for kind, cause := range kerberos {
		s := Seen{Wish: wishing(scenarios.MechanismKerberos), Host: "impala.example.com", Ports: []Port{port(21050, answers(vocab.HeardSASL, true))},
			Cells: []Cell{sessionOf(scenarios.MechanismKerberos, failing(vocab.PhaseSASL, kind, "its text"))}}
		r := Diagnose(s, "", asKey)
		if len(r.Problems) != 1 || r.Problems[0].Cause != cause || r.Problems[0].Detail != "its text" || r.Exit != scenarios.ExitFail {
			t.Errorf("%s: exit %d, %+v", kind, r.Exit, r.Problems)
		}
	}
}

func TestDiagnose_Ports(t *testing.T) {
	t.Parallel()
	given := func(p Port) Port { p.Given = true; return p }
	healthy := port(21050, answers(vocab.HeardThrift, false))
	for name, c := range map[string]struct {
		ports  []Port
		cells  []Cell
		causes string
		exit   int
		note   string
	}{
		"usual ports that are closed are no fault": {[]Port{without(21000, vocab.KindRefused), healthy, without(28000, vocab.KindTimeout)},
			[]Cell{sessionOf(scenarios.MechanismNone, nil)}, "", scenarios.ExitPass, "port 21000 is not served"},
		"a port that was named is": {[]Port{given(without(21050, vocab.KindRefused))}, nil, "port-closed", scenarios.ExitUnmeasured, ""},
		"nothing answers":          {[]Port{without(21000, vocab.KindTimeout), without(21050, vocab.KindTimeout)}, nil, "no-answer", scenarios.ExitUnmeasured, ""},
		"no route":                 {[]Port{without(21050, vocab.KindUnreachable)}, nil, "unreachable", scenarios.ExitUnmeasured, ""},
		"reset":                    {[]Port{without(21050, vocab.KindReset)}, nil, "reset-on-connect", scenarios.ExitUnmeasured, ""},
		"no descriptor left":       {[]Port{without(21050, vocab.KindLocalFiles)}, nil, "this-machine", scenarios.ExitUnmeasured, ""},
		"another server beside one that works": {[]Port{port(21000, answers(vocab.HeardSSH, false)), healthy},
			[]Cell{sessionOf(scenarios.MechanismNone, nil)}, "other-server", scenarios.ExitFail, ""},
		"nodes that are unlike": {[]Port{port(21050, answers(vocab.HeardThrift, false), answers(vocab.HeardMySQL, false))},
			[]Cell{sessionOf(scenarios.MechanismNone, nil)}, "other-server", scenarios.ExitFail, "answer differently: 192.0.2.2:21050"},
		"one node of two is closed": {[]Port{{Number: 21050, Nodes: []Node{healthy.Nodes[0], without(21050, vocab.KindRefused).Nodes[0]}}},
			[]Cell{sessionOf(scenarios.MechanismNone, nil)}, "port-closed", scenarios.ExitFail, ""},
		"too many nodes": {[]Port{{Number: 21050, Nodes: healthy.Nodes, Left: 3}}, []Cell{sessionOf(scenarios.MechanismNone, nil)}, "", scenarios.ExitPass, "1 of 4 nodes"},
		"nothing within TLS": {[]Port{port(21050, hs2client.Heard{What: vocab.HeardTLS, Connections: 4, Ended: vocab.KindTimeout})},
			nil, "mute", scenarios.ExitFail, ""},
	} {
		r := Diagnose(Seen{Wish: wishing(scenarios.MechanismNone), Host: "h", Ports: c.ports, Cells: c.cells}, "", asKey)
		var causes []string
		for _, p := range r.Problems {
			causes = append(causes, p.Cause)
		}
		if got := strings.Join(causes, " "); got != c.causes || r.Exit != c.exit || !strings.Contains(strings.Join(r.Notes, "\n"), c.note) {
			t.Errorf("%s: exit %d, causes %q, notes %q", name, r.Exit, got, r.Notes)
		}
	}
}

// A cell is tried once it is possible, and not when those before have told enough.
func TestAfter_SparesWhatIsKnown(t *testing.T) {
	t.Parallel()
	none, ldap := scenarios.MechanismNone, scenarios.MechanismLDAP
	of := func(port uint16, p scenarios.Protocol, m scenarios.Mechanism, f *Failure) Cell {
		c := Cell{Port: port, Protocol: p, Login: m, State: StateFails, Failure: f}
		if f == nil {
			c.State = StateWorks
		}
		return c
	}
	refused := failing(vocab.PhaseSASL, vocab.KindRejected, "")
	for name, c := range map[string]struct {
		before Cell
		cell   Cell
		why    string
	}{
		"a refused login elsewhere":          {of(21050, vocab.ProtocolHS2, ldap, refused), of(21000, vocab.ProtocolBeeswax, ldap, nil), "not sent again"},
		"another login elsewhere":            {of(21050, vocab.ProtocolHS2, ldap, refused), of(21000, vocab.ProtocolBeeswax, none, nil), ""},
		"a login that was not judged":        {of(21050, vocab.ProtocolHS2, ldap, failing(vocab.PhaseSASL, vocab.KindMechanism, "")), of(21000, vocab.ProtocolBeeswax, ldap, nil), ""},
		"no answer on the port":              {of(21050, vocab.ProtocolHS2, none, failing(vocab.PhaseOpen, vocab.KindTimeout, "")), of(21050, vocab.ProtocolHS2, ldap, nil), "no answer"},
		"the other protocol, which works":    {of(21050, vocab.ProtocolHS2, none, nil), of(21050, vocab.ProtocolBeeswax, none, nil), "hs2 is spoken"},
		"the other protocol, not known":      {of(21050, vocab.ProtocolHS2, none, failing(vocab.PhaseOpen, vocab.KindUnsupported, "")), of(21050, vocab.ProtocolBeeswax, none, nil), ""},
		"the other protocol, for no reason":  {of(21050, vocab.ProtocolHS2, none, failing(vocab.PhaseOpen, vocab.KindShuttingDown, "")), of(21050, vocab.ProtocolBeeswax, none, nil), "not because it is unknown"},
		"a login where none is asked for":    {of(28000, vocab.ProtocolHS2HTTP, none, nil), of(28000, vocab.ProtocolHS2HTTP, ldap, nil), "no login is asked for"},
		"a login after one without it fails": {of(28000, vocab.ProtocolHS2HTTP, none, failing(vocab.PhaseOpen, vocab.KindNeedsSASL, "")), of(28000, vocab.ProtocolHS2HTTP, ldap, nil), ""},
	} {
		if why := after([]Cell{c.before}, c.cell); !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestCells_AreWhatThePortLeavesPossible(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wish  Wish
		port  Port
		cells []string
	}{
		"Thrift":             {wishing("none"), port(21050, answers(vocab.HeardThrift, false)), []string{"hs2 none", "beeswax none"}},
		"Thrift on 21000":    {wishing("none"), port(21000, answers(vocab.HeardThrift, false)), []string{"beeswax none", "hs2 none"}},
		"SASL with a login":  {wishing("ldap"), port(21050, answers(vocab.HeardSASL, true)), []string{"hs2 none TLS: a login is asked for there", "hs2 ldap TLS", "beeswax none TLS: a login is asked for there", "beeswax ldap TLS"}},
		"SASL with a token":  {wishing("jwt"), port(21050, answers(vocab.HeardSASL, true)), []string{"hs2 none TLS: a login is asked for there", "hs2 jwt TLS: a token goes over HTTP alone (hs2-http)", "beeswax none TLS: a login is asked for there", "beeswax jwt TLS: a token goes over HTTP alone (hs2-http)"}},
		"HTTP":               {wishing("kerberos"), port(28000, answers(vocab.HeardHTTP2, true)), []string{"hs2-http none TLS", "hs2-http kerberos TLS"}},
		"another server":     {wishing("ldap"), port(21050, answers(vocab.HeardSSH, false)), nil},
		"nothing within TLS": {wishing("ldap"), port(21050, answers(vocab.HeardTLS, false)), nil},
		"nobody":             {wishing("ldap"), without(21050, vocab.KindRefused), nil},
	} {
		var got []string
		for _, cell := range c.wish.cells(c.port) {
			text := fmt.Sprintf("%s %s", cell.Protocol, cell.Login)
			if cell.TLS {
				text += " TLS"
			}
			if cell.Why != "" {
				text += ": " + cell.Why
			}
			got = append(got, text)
		}
		if !slices.Equal(got, c.cells) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The text, with all of its parts, and with what a hostile server says.
func TestReport_Text(t *testing.T) {
	t.Parallel()
	hostile := answers(vocab.HeardUnknown, false)
	hostile.Text = "\x1b[2J::error::owned"
	secured := port(21050, answers(vocab.HeardSASL, true), answers(vocab.HeardSASL, true))
	for i := range secured.Nodes {
		secured.Nodes[i].Cert = &scenarios.Cert{Version: "TLS1.3", Subject: "CN=impala.example.com", Issuer: "CN=Example CA,O=Example", Chain: vocab.ChainOK, HostOK: true,
			NotAfter: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)}
	}
	secured.Nodes[1].Refused = failing(vocab.PhaseTLS, vocab.KindExpired, "handshake 192.0.2.2:21050: tls.expired: valid until 2026-01-01T00:00:00Z")
	wish := wishing(scenarios.MechanismLDAP)
	wish.Scenario.TLS.CACert = "corp ca.pem"
	other := sessionOf(scenarios.MechanismNone, nil)
	other.State, other.Why, other.Wanted = StateNotTried, "a login is asked for there", false
	overHTTP := sessionOf(scenarios.MechanismLDAP, failing(vocab.PhaseOpen, vocab.KindUnavailable, "HTTP 503, Retry-After: 5"))
	overHTTP.Port, overHTTP.Protocol = 28000, vocab.ProtocolHS2HTTP
	for name, s := range map[string]Seen{
		"mixed": {Wish: wish, Host: "impala.example.com", Ports: []Port{port(21000, hostile), secured, port(28000, answers(vocab.HeardHTTP, true))},
			Cells: []Cell{other, sessionOf(scenarios.MechanismLDAP, nil), overHTTP}},
		"healthy": {Wish: wish, Host: "impala.example.com", Ports: []Port{without(21000, vocab.KindRefused), port(21050, answers(vocab.HeardSASL, true))},
			Cells: []Cell{sessionOf(scenarios.MechanismLDAP, nil)}},
		"unknown": {Wish: wish, Host: "impala.example.com", Failure: failing(vocab.PhaseResolve, vocab.KindNotFound, "no such host as impala.example.com")},
	} {
		var b bytes.Buffer
		if err := Diagnose(s, ClientHue, asKey).Write(&b, report.Style{Setting: asKey}); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.ContainsAny(text, "\x1b") || strings.Contains(text, "\n::") {
			t.Errorf("%s: a server's text is obeyed:\n%s", name, text)
		}
		golden.Equal(t, filepath.Join("testdata", "golden", name+".txt"), b.Bytes())
	}
}
