package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Diagnose says what the examination showed, and whether a client works; "": none is
// asked for. flag writes a setting as the command's flag. It is pure.
func Diagnose(s Seen, as Client, flag func(vocab.Fix) string) Report {
	d := diagnosis{Seen: s, report: Report{Schema: Schema, Host: s.Host}}
	d.answers()
	d.certificates()
	d.ways()
	d.problems()
	d.report.Exit, d.report.Verdict = d.verdict()
	if as != "" {
		fit := as.fits(s)
		d.report.As = &fit
		if fit.Works != nil && !*fit.Works && d.report.Exit == scenarios.ExitPass {
			d.report.Exit, d.report.Verdict = scenarios.ExitFail, string(as)+" will not work here"
		}
	}
	d.report.Lines = lines(s, flag)
	return d.report
}

// diagnosis is a report while it is made.
type diagnosis struct {
	Seen
	report Report
}

func (d *diagnosis) answers() {
	for _, p := range d.Ports {
		for _, n := range p.Nodes {
			d.report.Answers = append(d.report.Answers, Answer{Port: p.Number, Node: n.Addr, Says: n.says(), Text: n.Heard.Text})
		}
	}
}

// says is what a node answered, in words.
func (n Node) says() string {
	within, h := "", n.Heard
	if h.Within {
		within = ", within TLS"
	}
	switch {
	case n.Failure != nil:
		return "not reached (" + n.Failure.Class.String() + ")"
	case h.WantsProxy:
		return h.What.Who() + ", but only behind a PROXY header"
	case unlike(h, hs2client.Config{}).limit != "":
		return "closes connections after " + h.Silence.Round(100*time.Millisecond).String() + " without an answer"
	case silent(h) && h.Unasked:
		return "closes connections at once"
	case silent(h) && h.Ended != vocab.KindTimeout:
		return "closes connections on which something is said"
	case silent(h):
		return "accepts connections and says nothing"
	case h.What == vocab.HeardThrift:
		return "Thrift, without a login" + within
	case h.What == vocab.HeardSASL:
		return "asks for a login (SASL)" + within
	case h.What == vocab.HeardTLS:
		return "TLS, and nothing within it"
	}
	return h.What.Who() + within
}

func (d *diagnosis) certificates() {
	for _, p := range d.Ports {
		for _, n := range p.Nodes {
			if n.Cert == nil && n.Refused == nil {
				continue
			}
			t := TLS{Port: p.Number, Node: n.Addr}
			if c := n.Cert; c != nil {
				t.Version, t.Subject, t.Issuer, t.NotAfter, t.Chain, t.NameOK = c.Version, c.Subject, c.Issuer, c.NotAfter.UTC(), c.Chain.String(), c.HostOK
			}
			if n.Refused != nil {
				t.Refused = n.Refused.Class.String()
			}
			d.report.Listener = append(d.report.Listener, t)
		}
	}
}

func (d *diagnosis) ways() {
	for _, c := range d.Cells {
		w := Way{Port: c.Port, Protocol: c.Protocol, Login: c.Login, TLS: c.TLS, State: c.State, Why: c.Why}
		switch c.State {
		case StateWorks:
			w.Coordinator, w.Version = c.Who.Coordinator, c.Who.Version
		case StateFails:
			w.Class, w.Why = c.Failure.Class.String(), c.Failure.Text
		}
		d.report.Ways = append(d.report.Ways, w)
	}
}

// add counts a problem: one of the same cause and detail is met in several places.
func (d *diagnosis) add(where string, e evidence, f *Failure) {
	c := causeOf(e)
	p := Problem{Cause: c.ID, Title: c.Title, Where: []string{where}, Class: e.class.String(), Detail: e.limit, Fix: e.remedy(), Link: link(c.ID)}
	if f != nil && p.Detail == "" {
		p.Detail = f.Text
	} else if f == nil {
		p.Detail = e.heard.Text
	}
	i := slices.IndexFunc(d.report.Problems, func(o Problem) bool { return o.Cause == p.Cause && slices.Equal(o.Fix, p.Fix) })
	if i < 0 {
		d.report.Problems = append(d.report.Problems, p)
		return
	}
	if o := &d.report.Problems[i]; !slices.Contains(o.Where, where) {
		o.Where = append(o.Where, where)
	}
}

// problems finds them: of the name, of ports, of certificates, of sessions.
func (d *diagnosis) problems() {
	if d.Failure != nil {
		d.add(d.Host, failed(*d.Failure, hs2client.Heard{}, hs2client.Config{}), d.Failure)
		return
	}
	for _, p := range d.Ports {
		if p.Left > 0 {
			d.note(fmt.Sprintf("%d of %d nodes were asked", len(p.Nodes), len(p.Nodes)+p.Left))
		}
		d.unreached(p)
		d.unwanted(p)
		d.unlike(p)
		d.refused(p)
	}
	for _, c := range d.Cells {
		d.failedCell(c)
	}
}

// unreached are nodes to which no connection was made. A usual port of Impala that is
// closed is none where another one answers: not every cluster has all of them.
func (d *diagnosis) unreached(p Port) {
	_, some := p.heard()
	for _, n := range p.Nodes {
		switch {
		case n.Failure == nil:
		case !some && !p.Given && d.reached():
			if n.Failure.Class.Kind == vocab.KindRefused || n.Failure.Class.Kind == vocab.KindTimeout {
				d.note(fmt.Sprintf("port %d is not served (%s)", p.Number, n.Failure.Class))
				continue
			}
			fallthrough
		default:
			d.add(n.Addr.String(), failed(*n.Failure, hs2client.Heard{}, d.session(false)), n.Failure)
		}
	}
}

// unwanted is an answer of another kind than what was asked for, or none.
func (d *diagnosis) unwanted(p Port) {
	for _, n := range p.Nodes {
		h := n.Heard
		if n.Failure != nil {
			continue
		}
		session := d.session(d.secured(h))
		if !d.Wish.Protocol {
			session.Protocol = spokenProtocol(h)
		}
		if h.What == vocab.HeardTLS && session.TLS != nil {
			if n.Refused != nil { // its handshake says more
				continue
			}
			h.What = vocab.HeardNothing // within it
		}
		if silent(h) || h.WantsProxy {
			d.add(n.Addr.String(), unlike(h, session), nil)
			continue
		}
		d.differences(n.Addr.String(), h, session)
	}
}

// differences are what is heard unlike what was asked for: TLS, and the rest.
func (d *diagnosis) differences(where string, h hs2client.Heard, session hs2client.Config) {
	asHeard := session
	if asHeard.TLS = nil; spoken(h) {
		asHeard.TLS = &hs2client.TLSConfig{}
	}
	onlyTLS := session
	onlyTLS.Bearer = nil
	if onlyTLS.Plain = nil; h.What == vocab.HeardSASL {
		onlyTLS.Plain = &hs2client.Plain{}
	}
	onlyTLS.Protocol = spokenProtocol(h)
	for _, s := range []hs2client.Config{onlyTLS, asHeard} {
		if len(h.HintFor(s)) > 0 {
			d.add(where, evidence{heard: h, session: s}, nil)
		}
	}
}

// secured is whether sessions have TLS: as was asked for, or else as is spoken.
func (d *diagnosis) secured(h hs2client.Heard) bool {
	if d.Wish.TLS {
		return d.Wish.Scenario.TLS.Enabled
	}
	return spoken(h)
}

// spokenProtocol is one that an answer leaves possible.
func spokenProtocol(h hs2client.Heard) scenarios.Protocol {
	if overHTTP(h) {
		return vocab.ProtocolHS2HTTP
	}
	return vocab.ProtocolHS2
}

// session is a session as the user has it: what hints depend on, without a secret. A
// login by ticket counts as one by password: what a probe hears does not tell them apart.
func (d *diagnosis) session(secured bool) hs2client.Config {
	s := d.Wish.Scenario
	c := hs2client.Config{Protocol: s.Target.Protocol, Delegate: s.Auth.Delegate}
	switch m := s.Auth.Mechanism; {
	case m == scenarios.MechanismJWT:
		c.Bearer = &hs2client.Bearer{}
	case m.LogsIn():
		c.Plain = &hs2client.Plain{User: s.Auth.User}
	}
	if secured {
		c.TLS = &hs2client.TLSConfig{}
	}
	return c
}

// unlike is a node that answers unlike the others of its port.
func (d *diagnosis) unlike(p Port) {
	first, ok := p.heard()
	for _, n := range p.Nodes {
		if ok && n.Failure == nil && (n.Heard.What != first.What || n.Heard.Within != first.Within) {
			d.note(fmt.Sprintf("the nodes of port %d answer differently: %s", p.Number, n.Addr))
		}
	}
}

// refused are handshakes that failed and certificates that are not good.
func (d *diagnosis) refused(p Port) {
	for _, n := range p.Nodes {
		if n.Refused != nil {
			d.add(n.Addr.String(), failed(*n.Refused, n.Heard, d.session(true)), n.Refused)
		}
	}
}

// failedCell is a session that did not open, where the user wants it to. Without a login
// it need not: a server that asks for one is in order.
func (d *diagnosis) failedCell(c Cell) {
	place := fmt.Sprintf("%s with login %s on port %d", c.Protocol, c.Login, c.Port)
	switch {
	case c.State == StateNotTried && c.Wanted && c.Failure != nil:
		d.add(place, failed(*c.Failure, d.heardOn(c.Port), d.session(c.TLS)), c.Failure)
	case c.State == StateNotTried && c.Wanted:
		d.note(place + " was not tried: " + c.Why)
	case c.State != StateFails, d.worksBeside(c), d.Wish.Protocol && c.Protocol != d.Wish.Scenario.Target.Protocol:
	case c.Wanted || !asksForLogin(c):
		session := d.session(c.TLS)
		session.Protocol = c.Protocol
		if c.Login == scenarios.MechanismNone {
			session.Plain, session.Bearer = nil, nil
		}
		d.add(place, failed(*c.Failure, d.heardOn(c.Port), session), c.Failure)
	}
}

// worksBeside reports whether the other protocol of the port works, so that the failure
// only shows which one it is.
func (d *diagnosis) worksBeside(c Cell) bool {
	return !d.Wish.Protocol && slices.ContainsFunc(d.Cells, func(o Cell) bool {
		return o.Port == c.Port && o.State == StateWorks && o.Protocol != c.Protocol
	})
}

// asksForLogin reports whether a session without a login failed for the lack of one.
func asksForLogin(c Cell) bool {
	return c.Login == scenarios.MechanismNone && (c.Failure.Class.Phase == vocab.PhaseSASL || c.Failure.Class.Kind == vocab.KindNeedsSASL)
}

func (d *diagnosis) heardOn(port uint16) hs2client.Heard {
	for _, p := range d.Ports {
		if p.Number == port {
			h, _ := p.heard()
			return h
		}
	}
	return hs2client.Heard{}
}

func (d *diagnosis) note(text string) {
	if !slices.Contains(d.report.Notes, text) {
		d.report.Notes = append(d.report.Notes, text)
	}
}

// reached reports whether any connection was made.
func (d *diagnosis) reached() bool {
	return slices.ContainsFunc(d.Ports, func(p Port) bool { _, ok := p.heard(); return ok })
}

// verdict is the exit code and the last line.
func (d *diagnosis) verdict() (int, string) {
	works := 0
	for _, c := range d.Cells {
		if c.State == StateWorks {
			works++
		}
	}
	var causes []string
	for _, p := range d.report.Problems {
		causes = append(causes, p.Cause)
	}
	found := strings.Join(causes, ", ")
	switch {
	case !d.reached():
		return scenarios.ExitUnmeasured, "nothing could be reached: " + found
	case works == 0 && found != "":
		return scenarios.ExitFail, "reached, and no session opens: " + found
	case works == 0:
		return scenarios.ExitFail, "reached, and no session could be tried"
	case found != "":
		return scenarios.ExitFail, fmt.Sprintf("%s, and something is wrong: %s", ways(works), found)
	case d.wantedMissing():
		return scenarios.ExitFail, ways(works) + ", but not the login that was asked for"
	}
	return scenarios.ExitPass, ways(works) + ", and nothing is wrong"
}

// wantedMissing reports whether the login that was asked for works nowhere.
func (d *diagnosis) wantedMissing() bool {
	return !slices.ContainsFunc(d.Cells, func(c Cell) bool {
		return c.State == StateWorks && (!d.Wish.Login || c.Login == d.Wish.Scenario.Auth.Mechanism)
	})
}

func ways(n int) string {
	if n == 1 {
		return "1 way works"
	}
	return fmt.Sprintf("%d ways work", n)
}
