package judge

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// silentNodesJudge lets no node pass that showed no certificate: one that failed
// before it did, and one that was not dialled any more.
func silentNodesJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	var out []scenarios.Finding
	add := func(node netip.AddrPort, text string, fixes scenarios.Fixes) {
		out = append(out, scenarios.Finding{
			ID: scenarios.TLSSameOnAllNodes, Subject: node.String(),
			Message: fmt.Sprintf("%s showed no certificate: %s", node, text), Fix: fixes,
		})
	}
	for _, n := range e.Silent {
		add(n.Node, n.Text, n.Hint)
	}
	for _, node := range e.Addresses() {
		shown := slices.ContainsFunc(e.TLS, func(c scenarios.Cert) bool { return c.Node == node })
		silent := slices.ContainsFunc(e.Silent, func(n scenarios.SilentNode) bool { return n.Node == node })
		if !shown && !silent {
			add(node, "it was not dialled", nil)
		}
	}
	return out, scenarios.NextLook{}
}

// tlsJudge asks of each certificate what a reviewer asks: who issued it, does
// it lead to a trusted root, does it name the host, how long is it good, is the
// protocol recent, and do all nodes present the same.
func tlsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	checks := []struct {
		id    string
		check func(scenarios.Measured) scenarios.Finding
	}{
		{scenarios.TLSIssuer, issuer}, {scenarios.TLSChain, chain}, {scenarios.TLSHost, host},
		{scenarios.TLSExpiry, expiry}, {scenarios.TLSVersion, version}, {scenarios.TLSSameOnAllNodes, same},
	}
	var out []scenarios.Finding
	for _, c := range checks {
		f := scenarios.Finding{Message: "no certificate was received"}
		switch {
		case !e.Scenario.TLS.Enabled:
			f = scenarios.Finding{Status: scenarios.StatusSkipped, Message: "no TLS"}
		case len(e.TLS) > 0:
			f = c.check(e)
		}
		f.ID = c.id
		out = append(out, f)
	}
	return out, scenarios.NextLook{}
}

// complaints collects what is wrong, by the nodes that share it.
type complaints struct {
	texts []string
	nodes map[string][]string
}

func (c *complaints) add(cert scenarios.Cert, text string) {
	if c.nodes == nil {
		c.nodes = map[string][]string{}
	}
	if c.nodes[text] == nil {
		c.texts = append(c.texts, text)
	}
	c.nodes[text] = batch.Union(c.nodes[text], []string{cert.Node.String()})
}

// sentence is "127.0.0.2:21050: expired on ...; ...".
func (c *complaints) sentence() string {
	var out []string
	for _, t := range c.texts {
		out = append(out, phrase.List(c.nodes[t])+": "+t)
	}
	return strings.Join(out, "; ")
}

// verdict fails where something is wrong; else it passes with the sentence.
func (c *complaints) verdict(good string) scenarios.Finding {
	if len(c.texts) > 0 {
		return scenarios.Finding{Status: scenarios.StatusFail, Message: c.sentence()}
	}
	return scenarios.Finding{Status: scenarios.StatusPass, Message: good}
}

func issuer(e scenarios.Measured) scenarios.Finding {
	if len(e.Scenario.Expect.TLS.Issuer) == 0 {
		return scenarios.Finding{Status: scenarios.StatusSkipped,
			Message: fmt.Sprintf("no issuer was declared; it is %s", phrase.List(issuers(e.TLS))),
			Fix:     phrase.Set("expect.tls.issuer", e.TLS[0].Issuer, "")}
	}
	var bad complaints
	for _, c := range e.TLS {
		if missing := MissingIssuer(e.Scenario.Expect.TLS.Issuer, c.Issuer); missing != "" {
			bad.add(c, fmt.Sprintf("the issuer is %s, without %s", c.Issuer, missing))
		}
	}
	f := bad.verdict(fmt.Sprintf("the issuer is %s", phrase.List(issuers(e.TLS))))
	if f.Status == scenarios.StatusFail {
		f.Fix = slices.Concat(phrase.Try("install a certificate of the expected issuer on the listener"), phrase.Set("expect.tls.issuer", "", "correct the expected issuer"))
	}
	return f
}

func issuers(certs []scenarios.Cert) []string {
	var out []string
	for _, c := range certs {
		out = batch.Union(out, []string{c.Issuer})
	}
	return out
}

func chain(e scenarios.Measured) scenarios.Finding {
	var bad complaints
	var fixes scenarios.Fixes
	complain := func(c scenarios.Cert, text string, how scenarios.Fixes) {
		bad.add(c, text)
		if fixes == nil {
			fixes = how
		}
	}
	unchecked := 0
	for _, c := range e.TLS {
		switch c.Chain {
		case scenarios.ChainOK:
		case scenarios.ChainIncomplete:
			complain(c, "the chain is incomplete: the server did not send an intermediate certificate", phrase.Try("install the intermediate certificate on the listener, beside the leaf"))
		case scenarios.ChainSelfSigned:
			complain(c, "the certificate is self-signed", slices.Concat(phrase.Try("install a certificate of your authority"), phrase.Set("tls.ca_cert", "", "trust this one")))
		case scenarios.ChainUnknownCA:
			complain(c, fmt.Sprintf("the chain leads to an unknown authority; the issuer is %s", c.Issuer), phrase.Set("tls.ca_cert", "", "trust the authority"))
		default:
			unchecked++
		}
	}
	f := bad.verdict("the chain leads to a trusted root")
	f.Fix = fixes
	if f.Status == scenarios.StatusPass && unchecked > 0 {
		f = scenarios.Finding{Message: "the chain was not checked"}
	}
	return f
}

func host(e scenarios.Measured) scenarios.Finding {
	var bad complaints
	for _, c := range e.TLS {
		switch {
		case c.HostOK:
		case len(c.SANs) == 0:
			bad.add(c, fmt.Sprintf("the certificate names no host and %s was dialled; a common name alone is not enough", c.ServerName))
		default:
			bad.add(c, fmt.Sprintf("the certificate is for %s, not for %s", phrase.List(c.SANs), c.ServerName))
		}
	}
	f := bad.verdict(fmt.Sprintf("the certificate names %s", e.TLS[0].ServerName))
	if f.Status == scenarios.StatusFail {
		f.Fix = slices.Concat(phrase.Try("issue the certificate for the name that clients dial"), phrase.Set("tls.server_name", "", "give the name that the certificate has"))
	}
	return f
}

// noteDays is how many days before its end a certificate is worth a note.
const noteDays = 30

func expiry(e scenarios.Measured) scenarios.Finding {
	var bad, soon complaints
	const day = 24 * time.Hour
	first := time.Time{}
	for _, c := range e.TLS {
		if c.Seen.IsZero() || c.NotAfter.IsZero() {
			return scenarios.Finding{Message: "it is unknown when the certificate was seen, or when it expires"}
		}
		left := c.NotAfter.Sub(c.Seen)
		until := c.NotAfter.UTC().Format(time.DateOnly)
		switch {
		case c.Seen.Before(c.NotBefore):
			bad.add(c, fmt.Sprintf("not valid before %s", c.NotBefore.UTC().Format(time.DateTime)+" UTC"))
		case left < 0:
			bad.add(c, fmt.Sprintf("expired on %s", until))
		case left < time.Duration(e.Scenario.Expect.TLS.DaysLeft)*day:
			bad.add(c, fmt.Sprintf("expires on %s, in %s; the minimum is %d days", until, phrase.Count(int(left/day), "day"), e.Scenario.Expect.TLS.DaysLeft))
		case left < noteDays*day:
			soon.add(c, fmt.Sprintf("expires on %s, in %s", until, phrase.Count(int(left/day), "day")))
		}
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	f := bad.verdict(fmt.Sprintf("valid until %s", first.UTC().Format(time.DateOnly)))
	switch {
	case f.Status == scenarios.StatusFail:
		f.Fix = phrase.Try("renew the certificate", "check the clock of this machine")
	case len(soon.texts) > 0:
		f.Note = soon.sentence()
	}
	return f
}

func version(e scenarios.Measured) scenarios.Finding {
	least := e.Scenario.TLS.MinVersion
	if least == "" {
		least = "1.2"
	}
	var bad complaints
	var seen []string
	for _, c := range e.TLS {
		number, modern := strings.CutPrefix(c.Version, "TLS")
		switch {
		case c.Version == "":
			continue
		case !modern || number < least:
			bad.add(c, fmt.Sprintf("speaks %s; the minimum is TLS%s", c.Version, least))
		}
		seen = batch.Union(seen, []string{c.Version})
	}
	f := bad.verdict(phrase.List(seen))
	switch {
	case f.Status == scenarios.StatusFail:
		f.Fix = phrase.Try("choose a newer security policy on the listener")
	case len(seen) == 0:
		f = scenarios.Finding{Message: "no handshake got far enough to agree on a version"}
	}
	return f
}

// same compares what the nodes present. A node that changes its certificate
// during a run has two.
func same(e scenarios.Measured) scenarios.Finding {
	by := map[string][]string{}
	var order []string
	for _, c := range e.TLS {
		node := c.Node.String()
		if by[node] == nil {
			order = append(order, node)
		}
		by[node] = batch.Union(by[node], []string{c.Fingerprint})
	}
	if len(order) < 2 {
		return scenarios.Finding{Status: scenarios.StatusSkipped, Message: "one node was dialled: there is no other to compare it with"}
	}
	var parts []string
	differ := false
	for _, node := range order {
		slices.Sort(by[node])
		differ = differ || !slices.Equal(by[node], by[order[0]])
		parts = append(parts, node+" "+phrase.List(shortened(by[node])))
	}
	if !differ {
		return scenarios.Finding{Status: scenarios.StatusPass, Message: fmt.Sprintf("all %d nodes present the same certificate", len(order))}
	}
	return scenarios.Finding{Status: scenarios.StatusFail, Message: "the nodes present different certificates: " + strings.Join(parts, "; "),
		Fix: phrase.Try("install one certificate on every node")}
}

// shortened cuts fingerprints to what the eye compares.
func shortened(prints []string) []string {
	out := make([]string, len(prints))
	for i, p := range prints {
		out[i] = p[:min(len(p), 16)]
	}
	return out
}
