package awscheck

import (
	"fmt"
	"strings"
)

// Generated begins the part of docs/audit.md that [Document] is.
const Generated = "<!-- Generated from here on: go test ./scenarios/internal/awscheck -update -->\n"

// Document is the checks as docs/audit.md has them.
func Document() string {
	var b strings.Builder
	b.WriteString(Generated)
	for _, c := range checks {
		fmt.Fprintf(&b, "\n### %s\n\n%s: %s %s\n\n", c.id, capital(c.title), c.why, "Who suffers: "+c.suffers+".")
		fmt.Fprintf(&b, "Rests on: [%s](%s).\n\n", c.document.name, c.document.url)
		b.WriteString("| load balancer | healthy | otherwise | mend | Terraform |\n|---|---|---|---|---|\n")
		b.WriteString(aspectRow("Classic", c.classic) + aspectRow("network", c.network))
	}
	return b.String()
}

func aspectRow(of string, a aspect) string {
	if a.none != "" {
		return fmt.Sprintf("| %s | not asked: %s | | | |\n", of, a.none)
	}
	otherwise := "note"
	if a.fails {
		otherwise = "fails"
	}
	return fmt.Sprintf("| %s | %s | %s | `%s` | %s |\n", of, a.healthy, otherwise, a.mend.call, a.mend.terraform)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
