package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// completeFault completes a name with an example of its value and, once the name is
// whole, NAME@N=VALUE for each N. bash replaces only what stands behind a =, so there
// is a hint and no completion after one.
func (c *clusterFlags) completeFault(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	name, _, hasValue := strings.Cut(typed, "=")
	name, _, _ = strings.Cut(name, "@")
	for _, f := range simcluster.Faults() {
		switch {
		case f.Name == name && hasValue && f.Example != "":
			all = cobra.AppendActiveHelp(all, fmt.Sprintf("a value, such as %s: %s", f.Example, f.Effect))
		case f.Name == name && !hasValue:
			all = append(all, c.faultForms(f)...)
		case name == typed && strings.HasPrefix(f.Name, name):
			all = append(all, cobra.CompletionWithDesc(withExample(f, f.Name), f.Effect))
		}
	}
	return slices.DeleteFunc(all, func(s cobra.Completion) bool { return !hasValue && !strings.HasPrefix(s, typed) }), cobra.ShellCompDirectiveNoFileComp
}

// faultForms are a fault on all coordinators or nodes, and on each of them.
func (c *clusterFlags) faultForms(f simcluster.FaultInfo) []cobra.Completion {
	all := []cobra.Completion{cobra.CompletionWithDesc(withExample(f, f.Name), f.Effect)}
	what, n := "node", c.nodes
	switch f.Scope {
	case simcluster.FaultScopeBalancer:
		return all
	case simcluster.FaultScopeCoordinator:
		what, n = "coordinator", c.coordinators
	}
	for i := range n {
		one := withExample(f, fmt.Sprintf("%s@%d", f.Name, i+1))
		all = append(all, cobra.CompletionWithDesc(one, fmt.Sprintf("%s %d alone", what, i+1)))
	}
	return all
}

// withExample is a fault with the example of its value, if it needs one.
func withExample(f simcluster.FaultInfo, name string) string {
	if f.Example == "" || f.ValueOptional {
		return name
	}
	return name + "=" + f.Example
}
