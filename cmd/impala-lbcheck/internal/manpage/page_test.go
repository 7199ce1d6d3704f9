package manpage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// tool is a command line with what a page can have.
func tool() *cobra.Command {
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "tool", Short: "Do things", Long: "Do things."}
	root.AddGroup(&cobra.Group{ID: "try", Title: "Try it:"})
	ask := &cobra.Command{
		Use: "ask HOST", Short: "Ask a host's port", Run: run, GroupID: "try",
		Long:    "Ask it.\n.dots and 'quotes' are text, and a\\b has one backslash.\n\nIn columns:\n\n  0    nothing",
		Example: "  tool ask a.example --policy round-robin",
	}
	ask.Flags().String("policy", "auto", "how it shares: `P`")
	ask.Flags().Int("count", 3, "how many `N` (default 3: few)")
	ask.Flags().BoolP("quiet", "q", false, "say nothing")
	ask.Flags().String("secret", "", "not for users")
	if err := ask.Flags().MarkHidden("secret"); err != nil {
		panic(err)
	}
	root.AddCommand(ask, &cobra.Command{Use: "exit-codes", Short: "What they mean", Long: "0    nothing"},
		&cobra.Command{Use: "man DIR", Short: "Pages", Run: run, Hidden: true}, &cobra.Command{Use: "help", Run: run})
	return root
}

func TestWrite_CommandWithFlags(t *testing.T) {
	t.Parallel()
	const want = `.TH "TOOL\-ASK" "1" "2026\-11\-28" "tool 1.2.3" "Commands of tool"
.SH "NAME"
tool\-ask \- Ask a host\(aqs port
.SH "SYNOPSIS"
\fBtool ask HOST [flags]\fR
.SH "DESCRIPTION"
Ask it.
\&.dots and \(aqquotes\(aq are text, and a\eb has one backslash.
.PP
In columns:
.PP
.nf
  0    nothing
.fi
.SH "OPTIONS"
.TP
\fB\-\-count\fR \fIN\fR
how many N (default 3: few)
.TP
\fB\-h\fR, \fB\-\-help\fR
help for ask
.TP
\fB\-\-policy\fR \fIP\fR
how it shares: P (default auto)
.TP
\fB\-q\fR, \fB\-\-quiet\fR
say nothing (default false)
.SH "EXAMPLES"
.nf
  tool ask a.example \-\-policy round\-robin
.fi
.SH "SEE ALSO"
\fBtool\fR(1), \fBtool\-exit\-codes\fR(1)
`
	root := tool()
	if diff := cmp.Diff(want, pageOf(t, root.Commands()[0])); diff != "" {
		t.Errorf("the page differs (-want +got):\n%s", diff)
	}
}

func TestWrite_CommandWithCommands(t *testing.T) {
	t.Parallel()
	const want = `.SH "COMMANDS"
.SS "Try it"
.TP
\fBtool\-ask\fR(1)
Ask a host\(aqs port
.SS "More commands"
.TP
\fBtool\-exit\-codes\fR(1)
What they mean
.SH "OPTIONS"
`
	if got := pageOf(t, tool()); !strings.Contains(got, want) || !strings.Contains(got, `\fBtool [command]\fR`) {
		t.Errorf("the page has not\n%s\nbut:\n%s", want, got)
	}
}

func TestCommands_LeaveOutHiddenOnesAndHelp(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range Commands(tool()) {
		names = append(names, Name(c))
	}
	if diff := cmp.Diff([]string{"tool", "tool-ask", "tool-exit-codes"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func pageOf(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, cmd, Header{Version: "1.2.3", Date: "2026-11-28"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
