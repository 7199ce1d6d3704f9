package flags

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// docs/reference.md is made of the table of settings.
func TestReferenceDoc_IsGenerated(t *testing.T) {
	golden.Equal(t, filepath.Join("..", "..", "..", "..", "docs", "reference.md"), []byte(referenceDoc()))
}

const referenceHead = `# Settings

<!-- Generated: go test ./cmd/impala-lbcheck/internal/flags -update -->

Every setting of a scenario: its key in a file, its flag and its variable of the
environment, which overrides the file and is overridden by the flag. A built-in
scenario has values of its own for some: ` + "`impala-lbcheck scenarios show NAME`" + ` prints
them, and ` + "`--help`" + ` of its command shows them as defaults. A setting without a flag can
only be set in a file. A list that is given replaces the one of the layer below.

A variable with the prefix ` + "`IMPALA_LBCHECK_`" + ` that is not listed here is an error, and so
is a flag. ` + "`IMPALA_LBCHECK_PASSWORD` is the password itself, `IMPALA_LBCHECK_TOKEN`" + ` the
token; there is no key and no flag for them, because files are stored and command lines
are read by others. An empty variable counts as not set. A variable that a command has no setting for is ignored.

Durations are written as 500ms, 30s or 1h30m, and rates as 10/s or 30/m. The defaults
that follow another setting are computed after all layers.

## Editors

[scenario.schema.json](scenario.schema.json) is the JSON schema of a scenario file (draft
2020-12); ` + "`impala-lbcheck scenarios schema`" + ` prints the one of your version. With a YAML
language server an editor completes and checks a file that begins with

` + "```yaml" + `
# yaml-language-server: $schema=scenario.schema.json
` + "```" + `

What depends on several settings at once is left to ` + "`impala-lbcheck scenarios check FILE.yaml`" + `.
`

func referenceDoc() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, group := range scenarios.Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | flag and variable | type | default | bounds | meaning |\n|---|---|---|---|---|---|\n", group)
		for _, st := range scenarios.Settings() {
			if st.Group == group {
				b.WriteString(referenceRow(st))
			}
		}
	}
	return b.String()
}

func referenceRow(st scenarios.Setting) string {
	spelling := "-"
	if st.Name != "" {
		spelling = fmt.Sprintf("%s<br>`%s`", strings.TrimSpace("`--"+st.Name+"` "+st.Arg), Variable(st))
		if st.Repeat {
			spelling += "<br>repeatable"
		}
	}
	usual := st.Default
	if usual == "" {
		usual = st.Unset
	}
	if usual == "" {
		usual = strings.TrimSuffix(st.Text(new(scenarios.Scenario))+": "+st.Bounds.Zero, ": ")
	}
	meaning := st.Help
	if st.Kinds != nil {
		meaning += only(st.Kinds)
	}
	cells := []string{"`" + st.Key + "`", spelling, st.Type(), usual, st.Range(), meaning}
	for i, c := range cells {
		if cells[i] = strings.ReplaceAll(c, "|", `\|`); c == "" {
			cells[i] = "-"
		}
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// only says which kinds have a setting, in the shorter way.
func only(kinds []scenarios.Kind) string {
	if len(kinds) == len(scenarios.Kinds())-1 {
		return "; not of kind certificates"
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return "; only of kind " + strings.Join(names, ", ")
}
