package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// htmlFinding is one finding, or those that were skipped for one reason.
type htmlFinding struct {
	Class   string
	Status  string
	ID      string
	Claim   string
	Note    string
	Fix     string
	See     string
	Link    bool // See is a link
	Explain []string
	Open    bool // the arithmetic is shown at once
}

// htmlFindings has what went wrong first, and else the judges' order.
func htmlFindings(p *page, fs []scenarios.Finding) []htmlFinding {
	order := []scenarios.Status{scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusPass, scenarios.StatusSkipped}
	sorted := slices.SortedStableFunc(slices.Values(fs), func(a, b scenarios.Finding) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	sameReason := byReason(sorted)
	var out []htmlFinding
	for _, f := range sorted {
		same, waiting := sameReason[f.Message]
		switch {
		case !bare(f) || len(same) == 1:
			out = append(out, p.htmlFinding(f))
		case waiting:
			out = append(out, htmlFinding{Class: statusClass(f.Status), Status: statusWord(f.Status), ID: joined(idsOf(same), 20), Claim: message(f.Message)})
			delete(sameReason, f.Message)
		}
	}
	return out
}

func (p *page) htmlFinding(f scenarios.Finding) htmlFinding {
	out := htmlFinding{
		Class: statusClass(f.Status), Status: statusWord(f.Status), ID: name(f.ID), Claim: fullClaim(f), Note: message(f.Note),
		Explain: arithmetic(f.Explain), Open: p.Explain,
	}
	if showsFix(f) {
		out.Fix, out.See = p.Fixes(f.Fix), message(f.See)
		out.Link = out.See == f.See && strings.HasPrefix(f.See, "https://")
	}
	return out
}

// statusWord is how a status is written.
func statusWord(s scenarios.Status) string {
	word, _ := label(s)
	return word
}
