package main

import (
	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/size"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// newRoot is the whole command line.
func newRoot(e env) *cobra.Command {
	root := &cobra.Command{
		Use:   "impala-lbcheck",
		Short: "Check the load balancer in front of Apache Impala's coordinators",
		Long: `impala-lbcheck opens many sessions through the load balancer in front of Apache
Impala, asks each of them which coordinator answered, and says whether every
coordinator gets its share, whether the certificates are the right ones, and what
failed where: with evidence, and with an exit code.`,
		Example: `  impala-lbcheck demo
  impala-lbcheck smoke impala.example.com --expect-coordinators 5
  impala-lbcheck tls impala.example.com --expect-issuer O=Amazon
  impala-lbcheck report result.json`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          noUnknown,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddGroup(
		&cobra.Group{ID: groupCheck, Title: "Check a balancer:"},
		&cobra.Group{ID: groupTry, Title: "Try it without one:"},
		&cobra.Group{ID: groupFiles, Title: "Scenarios and results:"},
		&cobra.Group{ID: groupAWS, Title: "Build one:"},
	)
	for _, name := range scenarios.BuiltinNames() {
		root.AddCommand(newScenario(e, name))
	}
	root.AddCommand(
		newDoctor(e), newAudit(e), newRunFile(e), newExporter(e),
		newDemo(e), newSim(e), grouped(groupTry, size.New(e.out)),
		newScenarios(e), newReport(e), newMerge(e), newJob(e), newCompare(e), newReconcile(e),
		newProvision(e),
		newVersion(e), newExitCodes(), newMan(),
	)
	root.InitDefaultVersionFlag()
	root.SetHelpCommand(newHelp(root))
	root.SetFlagErrorFunc(flags.Refused)
	completeFiles(root)
	root.SetUsageFunc(func(cmd *cobra.Command) error { flags.Usage(cmd.OutOrStderr(), cmd); return nil })
	return root
}

// grouped puts a command under a heading of the help page.
func grouped(id string, cmd *cobra.Command) *cobra.Command {
	cmd.GroupID = id
	return cmd
}

// newHelp returns the help command: unlike cobra's own it fails where there is no
// such command.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		Args:  cobra.ArbitraryArgs,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			if found, _, err := root.Find(args); err == nil {
				for _, c := range found.Commands() {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(found, append(rest, args...)[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// The groups of the help page.
const (
	groupCheck = "check"
	groupTry   = "try"
	groupFiles = "files"
	groupAWS   = "aws"
)
