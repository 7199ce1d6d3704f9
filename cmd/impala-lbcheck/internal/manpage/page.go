package manpage

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
)

// Header is what every page has in its margins.
type Header struct {
	Version string
	Date    string // "2026-11-28"; "" leaves it out
}

// Commands returns root and the commands below it that have a page: all but hidden
// ones and help.
func Commands(root *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{root}
	for _, c := range root.Commands() {
		if !c.Hidden && c.Name() != "help" {
			all = append(all, Commands(c)...)
		}
	}
	return all
}

// Name is the name of a command's page: impala-lbcheck-smoke.
func Name(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// Write writes the page of a command.
func Write(out io.Writer, cmd *cobra.Command, h Header) error {
	cmd.InitDefaultHelpFlag() // cobra adds it to the command that runs
	root := cmd.Root().Name()
	p := &page{}
	p.macro("TH", strings.ToUpper(Name(cmd)), "1", h.Date, root+" "+h.Version, "Commands of "+root)
	p.macro("SH", "NAME")
	p.line(escape(Name(cmd)) + ` \- ` + escape(cmd.Short))
	if text := synopsis(cmd); text != "" {
		p.macro("SH", "SYNOPSIS")
		p.line(bold(text))
	}
	if cmd.Long != "" {
		p.macro("SH", "DESCRIPTION")
		p.text(cmd.Long)
	}
	p.subcommands(cmd)
	p.options(cmd)
	if cmd.Example != "" {
		p.macro("SH", "EXAMPLES")
		p.verbatim(strings.Split(cmd.Example, "\n"))
	}
	p.seeAlso(cmd)
	_, err := io.WriteString(out, p.b.String())
	return err
}

// synopsis is how a command is called; "" of a page of help, which is none.
func synopsis(cmd *cobra.Command) string {
	if cmd.IsAdditionalHelpTopicCommand() {
		return ""
	}
	if cmd.HasAvailableSubCommands() || !cmd.Runnable() {
		return cmd.CommandPath() + " [command]"
	}
	return cmd.UseLine()
}

// subcommands lists the commands below cmd, by their groups.
func (p *page) subcommands(cmd *cobra.Command) {
	below := slices.DeleteFunc(Commands(cmd), func(c *cobra.Command) bool { return c.Parent() != cmd })
	if len(below) == 0 {
		return
	}
	p.macro("SH", "COMMANDS")
	list := func(title, id string) {
		for _, c := range below {
			if c.GroupID != id {
				continue
			}
			if title != "" {
				p.macro("SS", title)
				title = ""
			}
			p.term(reference(c), c.Short)
		}
	}
	other := ""
	for _, g := range cmd.Groups() {
		list(strings.TrimSuffix(g.Title, ":"), g.ID)
		other = "More commands"
	}
	list(other, "")
}

// options lists the flags of cmd in the sections of its help.
func (p *page) options(cmd *cobra.Command) {
	sections := flags.Sections(cmd)
	if len(sections) == 0 {
		return
	}
	p.macro("SH", "OPTIONS")
	for _, s := range sections {
		if len(sections) > 1 {
			p.macro("SS", s.Title)
		}
		s.Flags.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				p.option(f)
			}
		})
	}
}

func (p *page) option(f *pflag.Flag) {
	arg, usage := pflag.UnquoteUsage(f)
	spelling := bold("--" + f.Name)
	if f.Shorthand != "" {
		spelling = bold("-"+f.Shorthand) + ", " + spelling
	}
	if arg != "" {
		spelling += " " + italic(arg)
	}
	if !strings.Contains(usage, "(default") && !slices.Contains([]string{"", "0", "false", "[]"}, f.DefValue) {
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	p.term(spelling, usage)
}

// seeAlso names the page above this one, and that of the exit codes.
func (p *page) seeAlso(cmd *cobra.Command) {
	var pages []string
	for c := cmd.Parent(); c != nil; c = c.Parent() {
		pages = append(pages, reference(c))
	}
	for _, c := range cmd.Root().Commands() {
		if c.Name() == "exit-codes" && c != cmd {
			pages = append(pages, reference(c))
		}
	}
	if pages != nil {
		p.macro("SH", "SEE ALSO")
		p.line(strings.Join(pages, ", "))
	}
}

// reference is a command's page as other pages name it.
func reference(cmd *cobra.Command) string { return bold(Name(cmd)) + "(1)" }
