package main

import (
	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/schema"
)

// newSchema returns the command that prints the schema of scenario files.
func newSchema(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of scenario files, for editors",
		Long: `Print the JSON schema of scenario files (draft 2020-12). An editor that has a YAML
language server completes and checks a scenario by it if the file begins with

  # yaml-language-server: $schema=scenario.schema.json`,
		Example: `  impala-lbcheck scenarios schema > scenario.schema.json`,
		Args:    none,
		RunE:    func(*cobra.Command, []string) error { return writeJSON(w.out, schema.Scenario(), "  ") },
	}
}
