package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// proven lets no run pass that proves nothing, whatever its judges say: one in which a
// certificate was refused fails, and one that measured nothing is inconclusive.
func proven(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	findings = explainRefusals(e, findings)
	if measuredNothing(e) {
		return withhold(findings, kindOf(e).main, "nothing was measured", nil)
	}
	return findings
}

// explainRefusals fails a run in which we refused a certificate and no finding on
// certificates failed.
func explainRefusals(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	refused := batch.Refusals(e)
	explained := slices.ContainsFunc(findings, func(f scenarios.Finding) bool {
		return f.Status == scenarios.StatusFail && strings.HasPrefix(f.ID, "tls.")
	})
	if refused == 0 || explained {
		return findings
	}
	why := scenarios.Finding{ID: scenarios.TLSChain, Status: scenarios.StatusFail,
		Message: fmt.Sprintf("%s ended because of the certificate, and nothing that is judged here says why: the run may have expected another issuer or root, or a newer version of TLS", phrase.Were(refused, "session"))}
	i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == why.ID })
	if i < 0 {
		return append(findings, why)
	}
	findings[i] = why
	return findings
}

// measuredNothing reports whether there is nothing that a verdict could rest on.
func measuredNothing(e scenarios.Measured) bool {
	if kindOf(e).aws {
		return e.Audit == nil || e.Audit.Type == ""
	}
	if kindOf(e).bare {
		return len(e.TLS) == 0
	}
	attempted, _, _, _ := e.Pooled().Total()
	return attempted == 0 && (e.Capacity == nil || e.Capacity.Held == 0)
}

// withhold makes a pass inconclusive: its main finding says why, and what it said
// until then.
func withhold(findings []scenarios.Finding, main, text string, fix scenarios.Fixes) []scenarios.Finding {
	if scenarios.VerdictOf(findings) != scenarios.StatusPass {
		return findings
	}
	i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == main && f.Status == scenarios.StatusPass })
	if i < 0 {
		return append(findings, scenarios.Finding{ID: main, Message: text, Fix: fix})
	}
	f := &findings[i]
	f.Status, f.Message = scenarios.StatusInconclusive, fmt.Sprintf("%s; until then: %s", text, f.Message)
	return findings
}
