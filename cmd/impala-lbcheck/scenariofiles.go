package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/schema"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// newScenarios is the command for scenario files.
func newScenarios(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scenarios",
		Short: "List, show or check scenarios; a schema for editors",
		Example: `  impala-lbcheck scenarios list
  impala-lbcheck scenarios show smoke > mine.yaml
  impala-lbcheck scenarios check mine.yaml
  impala-lbcheck scenarios schema > scenario.schema.json`,
		GroupID: groupFiles,
		Args:    noUnknown,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "The built-in scenarios",
		Args:  none,
		RunE:  func(*cobra.Command, []string) error { return listScenarios(e) },
	}, &cobra.Command{
		Use:               "show NAME",
		Short:             "The file of a built-in scenario",
		Args:              exactly("NAME"),
		ValidArgsFunction: completeScenario,
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := scenarios.BuiltinSource(args[0])
			if err != nil {
				return err
			}
			_, err = e.out.Write(src)
			return err
		},
	}, &cobra.Command{
		Use:   "check FILE.yaml",
		Short: "Check a scenario file; nothing is sent",
		Args:  exactly("FILE.yaml"),
		RunE:  func(cmd *cobra.Command, args []string) error { return checkScenario(cmd.Context(), e, args[0]) },
	}, newSchema(e))
	return cmd
}

func listScenarios(e env) error {
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(e.out, "%-10s %s\n", name, s.Description); err != nil {
			return err
		}
	}
	return nil
}

func checkScenario(ctx context.Context, e env, name string) error {
	s, src, err := readScenario(ctx, name)
	if err != nil {
		return err
	}
	if len(s.Target.Endpoints) == 0 {
		s.Target.Endpoints = []string{"impala.example.com"} // "run FILE HOST" names them later
	}
	if err := refuse(s, scenarios.Shard{}); err != nil {
		return scenarios.Locate(name, src, err)
	}
	_, err = fmt.Fprintf(e.out, "%s: OK\n", name)
	return err
}

// newSchema returns the command that prints the schema of scenario files.
func newSchema(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of scenario files, for editors",
		Long: `Print the JSON schema of scenario files (draft 2020-12). An editor that has a YAML
language server completes and checks a scenario by it if the file begins with

  # yaml-language-server: $schema=scenario.schema.json`,
		Example: `  impala-lbcheck scenarios schema > scenario.schema.json`,
		Args:    none,
		RunE:    func(*cobra.Command, []string) error { return writeJSON(e.out, schema.Scenario(), "  ") },
	}
}
