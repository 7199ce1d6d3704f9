package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/dn"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// issuer asks whether each leaf has the issuer that was declared.
func issuer(e scenarios.Measured) scenarios.Finding {
	return expectedName{
		what: "issuer", want: e.Scenario.Expect.TLS.Issuer,
		set: func(name, why string) scenarios.Fixes { return phrase.Set("expect.tls.issuer", name, why) },
	}.judge(e.TLS, func(c scenarios.Cert) string { return c.Issuer })
}

// root asks whether each chain leads to the root that was declared.
func root(e scenarios.Measured) scenarios.Finding {
	return expectedName{
		what: "root", want: e.Scenario.Expect.TLS.Root,
		set: func(name, why string) scenarios.Fixes { return phrase.Set("expect.tls.root", name, why) },
	}.judge(e.TLS, rootOf)
}

// rootOf is the name of the root that a chain leads to; "" where there is none.
func rootOf(c scenarios.Cert) string {
	if len(c.Path) == 0 {
		return ""
	}
	return c.Path[len(c.Path)-1].Subject
}

// expectedName is a name that each chain should have in one place.
type expectedName struct {
	what string                                 // the place: "issuer"
	want []string                               // what was declared; nil: nothing was
	set  func(name, why string) scenarios.Fixes // declares a name
}

func (n expectedName) judge(certs []scenarios.Cert, nameOf func(scenarios.Cert) string) scenarios.Finding {
	var names []string
	var bad complaints
	unknown := false
	for _, c := range certs {
		name := nameOf(c)
		if name == "" {
			unknown = true
			continue
		}
		names = batch.Union(names, []string{name})
		if missing := MissingIssuer(n.want, name); missing != "" {
			bad.add(c, fmt.Sprintf("the %s is %s, without %s", n.what, name, missing))
		}
	}
	good := fmt.Sprintf("the %s is %s", n.what, phrase.List(names))
	switch {
	case len(n.want) == 0 && len(names) == 0:
		return scenarios.Finding{Status: scenarios.StatusSkipped, Message: fmt.Sprintf("no %s was declared, and none was recorded", n.what)}
	case len(n.want) == 0:
		return scenarios.Finding{Status: scenarios.StatusSkipped,
			Message: fmt.Sprintf("no %s was declared; it is %s", n.what, phrase.List(names)), Fix: n.suggestion(names)}
	case unknown && len(bad.texts) == 0:
		return scenarios.Finding{Message: fmt.Sprintf("the %s is not known of every certificate", n.what)}
	}
	f := bad.verdict(good)
	if f.Status == scenarios.StatusFail {
		f.Fix = slices.Concat(phrase.Try(fmt.Sprintf("install a certificate of the expected %s on the listener", n.what)),
			n.set("", "correct the expected "+n.what))
	}
	return f
}

// suggestion is what to declare: the organization that all have, since authorities
// change their intermediate certificates often; the whole of one name without it.
func (n expectedName) suggestion(names []string) scenarios.Fixes {
	first, ok := dn.Organization(names[0])
	for _, name := range names[1:] {
		other, has := dn.Organization(name)
		ok = ok && has && other == first
	}
	switch {
	case ok:
		return n.set(first.String(), "")
	case len(names) == 1:
		return n.set(names[0], "")
	}
	return nil
}
