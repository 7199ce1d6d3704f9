package judge

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// certificatelessJudge lets no node pass that showed no certificate: one that failed
// before it did, and one that was not dialled any more.
func certificatelessJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	var out []scenarios.Finding
	say := func(node netip.AddrPort, text string, fixes scenarios.Fixes) {
		out = append(out, scenarios.Finding{
			ID: scenarios.TLSSameOnAllNodes, Subject: node.String(),
			Message: fmt.Sprintf("%s showed no certificate: %s", node, text), Fix: fixes,
		})
	}
	for _, n := range e.Silent {
		say(n.Node, n.Text, n.Hint)
	}
	for _, node := range e.Addresses() {
		shown := slices.ContainsFunc(e.TLS, func(c scenarios.Cert) bool { return c.Node == node })
		silent := slices.ContainsFunc(e.Silent, func(n scenarios.SilentNode) bool { return n.Node == node })
		if !shown && !silent {
			say(node, "it was not dialled", nil)
		}
	}
	return out, scenarios.NextLook{}
}
