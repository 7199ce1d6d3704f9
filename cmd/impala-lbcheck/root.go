package main

import (
	"github.com/spf13/cobra"
)

// newRoot is the whole command line.
func newRoot(w world) *cobra.Command {
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
		Args:          noUnknown,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddGroup(
		&cobra.Group{ID: groupCheck, Title: "Check a balancer:"},
		&cobra.Group{ID: groupTry, Title: "Try it without one:"},
		&cobra.Group{ID: groupFiles, Title: "Scenarios and results:"},
		&cobra.Group{ID: groupAWS, Title: "Build one:"},
	)
	root.AddCommand(
		newScenario(w, "smoke"), newScenario(w, "spread"), newScenario(w, "tls"),
		newScenario(w, "capacity"), newScenario(w, "query"), newScenario(w, "idle"), newScenario(w, "watch"),
		newRunFile(w),
		newDemo(w), newSim(w), newSize(w),
		newScenarios(w), newReport(w),
		newProvision(w),
		newVersion(w), newExitCodes(),
	)
	return root
}

// The groups of the help page.
const (
	groupCheck = "check"
	groupTry   = "try"
	groupFiles = "files"
	groupAWS   = "aws"
)

// noUnknown refuses a word that is no command, naming the nearest ones.
func noUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args[0])
}
