package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// tlsJudge asks of each certificate what a reviewer asks: who issued it, which
// root does it lead to, is that trusted, does it name the host, how long is it good, are
// its keys strong, is the protocol recent, and do all nodes present the same.
func tlsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	checks := []struct {
		id    string
		check func(scenarios.Measured) scenarios.Finding
	}{
		{scenarios.TLSIssuer, issuer}, {scenarios.TLSRoot, root}, {scenarios.TLSChain, chain}, {scenarios.TLSHost, host},
		{scenarios.TLSExpiry, expiry}, {scenarios.TLSStrength, strength}, {scenarios.TLSVersion, version}, {scenarios.TLSSameOnAllNodes, same},
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
