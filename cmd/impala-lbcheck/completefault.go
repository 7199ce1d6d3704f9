package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// completeFault completes a name with an example of its value and, once the name is
// whole, each N of NAME@N=VALUE and NAME=VALUE@N.
func (c *clusterFlags) completeFault(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	for _, f := range simcluster.Faults() {
		if rest, ok := strings.CutPrefix(typed, f.Name); ok && (rest == "" || strings.ContainsRune("=@", rune(rest[0]))) {
			all = append(all, c.formsOf(f, rest)...)
		} else {
			all = append(all, cobra.CompletionWithDesc(withExample(f, f.Name), f.Effect))
		}
	}
	return slices.DeleteFunc(all, func(s cobra.Completion) bool { return !strings.HasPrefix(s, typed) }), cobra.ShellCompDirectiveNoFileComp
}

// formsOf are the forms of a fault that may begin with its name and what was typed
// behind it: on all coordinators or nodes, and on each of them.
func (c *clusterFlags) formsOf(f simcluster.FaultInfo, rest string) []cobra.Completion {
	whole := withExample(f, f.Name)
	if value, _, _ := strings.Cut(rest, "@"); len(value) > 1 { // a value of the user's own
		whole = f.Name + value
	}
	all := []cobra.Completion{cobra.CompletionWithDesc(whole, f.Effect)}
	what, n := "node", c.nodes
	switch f.Scope {
	case simcluster.FaultScopeBalancer:
		n = 0
	case simcluster.FaultScopeCoordinator:
		what, n = "coordinator", c.coordinators
	}
	for i := range n {
		alone, at := fmt.Sprintf("%s %d alone", what, i+1), fmt.Sprintf("@%d", i+1)
		if strings.HasPrefix(rest, "=") {
			all = append(all, cobra.CompletionWithDesc(whole+at, alone))
		} else {
			all = append(all, cobra.CompletionWithDesc(withExample(f, f.Name+at), alone))
		}
	}
	return slices.DeleteFunc(all, func(s cobra.Completion) bool {
		value, _, _ := strings.Cut(s, "\t")
		_, err := simcluster.ParseFault(value)
		return err != nil
	})
}

// withExample is a fault with the example of its value, if it needs one.
func withExample(f simcluster.FaultInfo, name string) string {
	if f.Example == "" || f.ValueOptional {
		return name
	}
	return name + "=" + f.Example
}
