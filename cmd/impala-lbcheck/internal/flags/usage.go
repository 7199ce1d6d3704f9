package flags

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// groupKey is the annotation with a flag's group.
const groupKey = "impala-lbcheck-group"

// Group puts the flags that cmd has so far, and that have no group, under a heading.
func Group(cmd *cobra.Command, heading string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if groupOf(f) == "" {
			annotate(f, heading)
		}
	})
}

func annotate(f *pflag.Flag, group string) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[groupKey] = []string{group}
}

func groupOf(f *pflag.Flag) string { return strings.Join(f.Annotations[groupKey], "") }

// help is what a setting means, what it can be, and its default.
func help(st scenarios.Setting, usual *scenarios.Scenario) string {
	text := st.Help
	if st.Values != nil && st.Arg != strings.Join(st.Values, "|") {
		text += ": " + strings.Join(st.Values, ", ")
	}
	return text + " (" + defaultOf(st, usual) + ")"
}

// defaultOf is "default 10s", "default: the system's".
func defaultOf(st scenarios.Setting, usual *scenarios.Scenario) string {
	zero := st.Text(new(scenarios.Scenario))
	switch text := st.Text(usual); {
	case text != zero && !derives(st):
		return "default " + text
	case st.Unset != "":
		return "default: " + inFlags(st.Unset)
	case st.Bounds.Zero != "" && !strings.HasPrefix(st.Bounds.Zero, zero):
		return fmt.Sprintf("default %s: %s", zero, inFlags(st.Bounds.Zero))
	case st.Bounds.Zero != "":
		return "default " + st.Bounds.Zero
	default:
		return "default " + zero
	}
}

// derives reports whether the default follows another setting: then a value says
// less than that.
func derives(st scenarios.Setting) bool {
	return st.Default == "" && st.Unset != "" && st.Bounds.Zero != ""
}

// inFlags writes keys within a text as flags.
func inFlags(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		if !strings.Contains(word, ".") {
			continue
		}
		if flag, ok := For(strings.TrimRight(word, ".,;")); ok {
			words[i] = flag + word[len(strings.TrimRight(word, ".,;")):]
		}
	}
	return strings.Join(words, " ")
}

// Usage writes how a command is used, its flags by their groups.
func Usage(out io.Writer, cmd *cobra.Command) {
	fmt.Fprintln(out, "Usage:")
	if cmd.Runnable() && !cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "  %s [command]\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
	}
	commands(out, cmd)
	for _, s := range Sections(cmd) {
		fmt.Fprintf(out, "\n%s:\n%s", s.Title, s.Flags.FlagUsagesWrapped(width))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\nUse \"%s [command] --help\" for more about a command.\n", cmd.CommandPath())
	}
}

// width is how wide the lists of flags are, in columns.
const width = 100

// commands lists the subcommands by their groups.
func commands(out io.Writer, cmd *cobra.Command) {
	list := func(title, id string) {
		var lines []string
		for _, c := range cmd.Commands() {
			if c.GroupID == id && (c.IsAvailableCommand() || c.Name() == "help") {
				lines = append(lines, fmt.Sprintf("  %-*s %s\n", cmd.NamePadding(), c.Name(), c.Short))
			}
		}
		if lines != nil {
			fmt.Fprintf(out, "\n%s\n%s", title, strings.Join(lines, ""))
		}
	}
	for _, g := range cmd.Groups() {
		list(g.Title, g.ID)
	}
	if len(cmd.Groups()) > 0 {
		list("More commands:", "")
		return
	}
	list("Commands:", "")
}

// A Section is the flags of a command that stand under one heading.
type Section struct {
	Title string
	Flags *pflag.FlagSet
}

// Sections returns the flags of a command as its help shows them.
func Sections(cmd *cobra.Command) []Section {
	var all []Section
	for _, group := range groups(cmd.Flags()) {
		all = append(all, Section{Title: heading(group, cmd), Flags: flagsOf(cmd.Flags(), group)})
	}
	return all
}

// groups lists the groups of flags: those of settings in their order, then others
// as they come, then the flags without one.
func groups(f *pflag.FlagSet) []string {
	var all []string
	for _, g := range scenarios.Groups() {
		all = append(all, string(g))
	}
	f.VisitAll(func(f *pflag.Flag) {
		if g := groupOf(f); g != "" && !slices.Contains(all, g) {
			all = append(all, g)
		}
	})
	all = append(all, "")
	return slices.DeleteFunc(all, func(g string) bool { return !flagsOf(f, g).HasAvailableFlags() })
}

// heading is a group's title; that of flags without one depends on the others.
func heading(group string, cmd *cobra.Command) string {
	switch {
	case group != "":
		return group
	case len(groups(cmd.Flags())) > 1:
		return "Other"
	}
	return "Flags"
}

// flagsOf is the flags of one group, each with its default.
func flagsOf(all *pflag.FlagSet, group string) *pflag.FlagSet {
	of := pflag.NewFlagSet("", pflag.ContinueOnError)
	of.SortFlags = false
	all.VisitAll(func(f *pflag.Flag) {
		if groupOf(f) != group {
			return
		}
		shown := *f
		if !strings.Contains(f.Usage, "(default") {
			shown.Usage += plainDefault(f)
		}
		of.AddFlag(&shown)
	})
	return of
}

// plainDefault is the default of a flag that is no setting, where pflag itself
// writes none.
func plainDefault(f *pflag.Flag) string {
	switch {
	case f.Name == "help" || f.Name == "version":
		return ""
	case f.DefValue == "" || f.DefValue == "[]":
		return " (default: none)"
	case f.DefValue == "false" || f.DefValue == "0":
		return " (default " + f.DefValue + ")"
	}
	return ""
}
