package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// everyNodeJudge is tlsJudge where certificates are all that a run is about: a node
// that showed none, or whose handshake did not end well, does not pass.
func everyNodeJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	findings, next := tlsJudge(e)
	missing, fixes := incompleteNodes(e)
	i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == scenarios.TLSSameOnAllNodes })
	switch f := &findings[i]; {
	case len(missing) == 0:
	case f.Status == scenarios.StatusFail:
		f.Note = phrase.Join(f.Note, strings.Join(missing, "; "))
	default:
		f.Status, f.Message, f.Fix = scenarios.StatusInconclusive, strings.Join(missing, "; "), fixes
	}
	return findings, next
}

// same compares what the nodes present, the leaf and what is sent with it.
func same(e scenarios.Measured) scenarios.Finding {
	by := map[string][]scenarios.Cert{}
	var order []string
	for _, c := range e.TLS {
		node := c.Node.String()
		if by[node] == nil {
			order = append(order, node)
		}
		by[node] = append(by[node], c)
	}
	note := changing(order, by)
	if len(order) < 2 {
		return scenarios.Finding{Status: scenarios.StatusSkipped, Message: "one node was dialled: there is no other to compare it with", Note: note}
	}
	differ, leaves := false, false
	for _, node := range order {
		differ = differ || !presentSame(by[node], by[order[0]], scenarios.Cert.Same)
		leaves = leaves || !presentSame(by[node], by[order[0]], func(a, b scenarios.Cert) bool { return a.Fingerprint == b.Fingerprint })
	}
	switch {
	case !differ:
		return scenarios.Finding{Status: scenarios.StatusPass, Message: fmt.Sprintf("all %d nodes present the same certificate", len(order)), Note: note}
	case leaves:
		return scenarios.Finding{Status: scenarios.StatusFail, Message: "the nodes present different certificates: " + presented(order, by, leafPrint),
			Note: note, Fix: phrase.Try("install one certificate on every node")}
	}
	return scenarios.Finding{Status: scenarios.StatusFail, Message: "the nodes send different chains with the same certificate: " + presented(order, by, chainSent),
		Note: note, Fix: phrase.Try("install the same intermediate certificates on every node")}
}

// presentSame reports whether each of a is in b, and the other way round.
func presentSame(a, b []scenarios.Cert, alike func(a, b scenarios.Cert) bool) bool {
	within := func(a, b []scenarios.Cert) bool {
		return !slices.ContainsFunc(a, func(x scenarios.Cert) bool {
			return !slices.ContainsFunc(b, func(y scenarios.Cert) bool { return alike(x, y) })
		})
	}
	return within(a, b) && within(b, a)
}

// changing notes the nodes that did not present the same all the time.
func changing(order []string, by map[string][]scenarios.Cert) string {
	var out []string
	for _, node := range order {
		if n := len(by[node]); n > 1 {
			out = append(out, fmt.Sprintf("%s presented %d certificates or chains in this run (%s): it changed meanwhile, or several machines answer there",
				node, n, shown(by[node], leafPrint)))
		}
	}
	return strings.Join(out, ". ")
}

// presented lists what each node presents: "127.0.0.2:21050 abab and cdcd; ...".
func presented(order []string, by map[string][]scenarios.Cert, show func(scenarios.Cert) string) string {
	var parts []string
	for _, node := range order {
		parts = append(parts, node+" "+shown(by[node], show))
	}
	return strings.Join(parts, "; ")
}

// shown lists what one node presents.
func shown(certs []scenarios.Cert, show func(scenarios.Cert) string) string {
	var out []string
	for _, c := range certs {
		out = batch.Union(out, []string{show(c)})
	}
	slices.Sort(out)
	return phrase.List(out)
}

// leafPrint is as much of a fingerprint as the eye compares.
func leafPrint(c scenarios.Cert) string { return c.Fingerprint[:min(len(c.Fingerprint), 16)] }

// chainSent names what is sent with the leaf.
func chainSent(c scenarios.Cert) string {
	if len(c.Sent) < 2 {
		return "the leaf alone"
	}
	var names []string
	for _, s := range c.Sent[1:] {
		names = append(names, s.Subject)
	}
	return "the leaf and " + phrase.List(names)
}

// incompleteNodes says of which nodes the handshake did not end well, and which were
// not dialled.
func incompleteNodes(e scenarios.Measured) ([]string, scenarios.Fixes) {
	var out []string
	var fixes scenarios.Fixes
	for _, n := range e.Silent {
		text := "%s showed no certificate: %s"
		if slices.ContainsFunc(e.TLS, func(c scenarios.Cert) bool { return c.Node == n.Node }) {
			text = "%s showed its certificate and then ended the connection: %s"
		}
		out = append(out, fmt.Sprintf(text, n.Node, n.Text))
		if fixes == nil {
			fixes = n.Hint
		}
	}
	for _, node := range e.Addresses() {
		shown := slices.ContainsFunc(e.TLS, func(c scenarios.Cert) bool { return c.Node == node })
		silent := slices.ContainsFunc(e.Silent, func(n scenarios.SilentNode) bool { return n.Node == node })
		if !shown && !silent {
			out = append(out, node.String()+" showed no certificate: it was not dialled")
		}
	}
	return out, fixes
}
