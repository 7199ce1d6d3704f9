package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// sizeFlags are what size is asked.
type sizeFlags struct {
	sessions, threads, coordinators int
	policy                          string
}

// newSize is the command that needs no cluster: arithmetic alone.
func newSize(w world) *cobra.Command {
	var f sizeFlags
	cmd := &cobra.Command{
		Use:   "size [N]",
		Short: "How many coordinators a number of sessions needs; no cluster needed",
		Long: `Say how many coordinators hold N sessions, how many still do with one of them down,
and how many threads for each would do instead; or, with --coordinators, how many
sessions that many hold. A session takes one of a coordinator's service threads
(fe_service_threads) for as long as it is open. Where the policy places sessions at
random, the numbers are those that fit in 99.9 of 100 cases. Nothing is sent.`,
		Example: `  impala-lbcheck size 400
  impala-lbcheck size --sessions 400 --policy leastconn --coordinators 5`,
		GroupID: groupTry,
		Args:    cobra.MaximumNArgs(1),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := f.take(args); err != nil {
			return err
		}
		return f.write(w.out)
	}
	cmd.Flags().IntVar(&f.sessions, "sessions", 0, "number of sessions to hold, `N`; the same as the argument")
	cmd.Flags().IntVar(&f.threads, "threads", scenarios.DefaultThreads, "service threads of each coordinator, `T`")
	cmd.Flags().StringVar(&f.policy, "policy", "", "how the balancer chooses, `P`: "+policyNames()+" (default: each of them)")
	cmd.Flags().IntVar(&f.coordinators, "coordinators", 0, "say how many sessions `K` coordinators hold (default: not asked)")
	cmd.Flags().SortFlags = false
	mustComplete(cmd, "policy", strings.Split(policyNames(), ", "))
	return cmd
}

func policyNames() string {
	var names []string
	for _, p := range scenarios.Policies() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// The most that can be asked.
const (
	mostSessions     = 1_000_000
	mostThreads      = 1_000_000
	mostCoordinators = scenarios.MaxCoordinators
)

// check says what is wrong with the flags.
func (f sizeFlags) check() error {
	switch {
	case f.sessions == 0:
		return errors.New("how many sessions? impala-lbcheck size 400")
	case f.sessions < 0 || f.sessions > mostSessions:
		return fmt.Errorf("--sessions %d: must be a number from 1 to %d", f.sessions, mostSessions)
	case f.threads < 1 || f.threads > mostThreads:
		return fmt.Errorf("--threads %d: must be a number from 1 to %d", f.threads, mostThreads)
	case f.coordinators < 0 || f.coordinators > mostCoordinators:
		return fmt.Errorf("--coordinators %d: must be a number from 1 to %d", f.coordinators, mostCoordinators)
	case f.policy != "" && !slices.Contains(scenarios.Policies(), scenarios.Policy(f.policy)):
		return fmt.Errorf("--policy %s: must be one of %s", f.policy, policyNames())
	}
	return nil
}

// take reads the argument, which is another way to write --sessions.
func (f *sizeFlags) take(args []string) error {
	if len(args) == 0 {
		return nil
	}
	n, err := strconv.Atoi(args[0])
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a number of sessions; size sends nothing and needs no host", args[0])
	case f.sessions != 0 && f.sessions != n:
		return fmt.Errorf("%d sessions or %d? Give one of the argument and --sessions", n, f.sessions)
	}
	f.sessions = n
	return nil
}

// placement is policies that place sessions alike.
type placement struct {
	policy scenarios.Policy // one of them
	names  []string
}

// placements are those that are asked for.
func (f sizeFlags) placements() []placement {
	if f.policy != "" {
		return []placement{{scenarios.Policy(f.policy), []string{f.policy}}}
	}
	return []placement{
		{scenarios.LeastConn, []string{"leastconn", "round-robin"}},
		{scenarios.Random, []string{"random", "flow-hash", "auto"}},
		{scenarios.SourcePolicy, []string{"source"}},
	}
}

// under is "under random, flow-hash or auto".
func (p placement) under() string {
	last := len(p.names) - 1
	if last == 0 {
		return "under " + p.names[0]
	}
	return "under " + strings.Join(p.names[:last], ", ") + " or " + p.names[last]
}

// write writes a table and, in the last line, the whole story.
func (f sizeFlags) write(out io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	header, line := []string{"policy", "coordinators", "with one down", "or"}, f.needed
	lead := fmt.Sprintf("%s on coordinators of %d threads take", counted(f.sessions, "session"), f.threads)
	if f.coordinators > 0 {
		header, line = []string{"policy", "sessions held", "with one down", fmt.Sprintf("threads for %d", f.sessions), "with one down"}, f.held
		lead = fmt.Sprintf("%s of %d threads can hold", counted(f.coordinators, "coordinator"), f.threads)
	}
	var rows [][]string
	var clauses []string
	for _, p := range f.placements() {
		cells, clause := line(p)
		rows = append(rows, append([]string{strings.Join(p.names, ", ")}, cells...))
		clauses = append(clauses, clause)
	}
	table, err := plainTable(header, rows)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n%s %s.\n", table, lead, strings.Join(clauses, ", "))
	return err
}

// needed is one line of how many coordinators it takes, as cells and in words.
func (f sizeFlags) needed(p placement) (cells []string, clause string) {
	s := sizing.Coordinators(f.sessions, f.threads, p.policy)
	switch {
	case s.Coordinators == 0 && p.policy == scenarios.SourcePolicy:
		return []string{"none will do", "-", fmt.Sprintf("any, of %d threads", f.sessions)},
			fmt.Sprintf("%s %d threads on the one that a client address goes to", p.under(), f.sessions)
	case s.Coordinators == 0:
		more := fmt.Sprintf("more than %d", mostCoordinators)
		return []string{more, "-", "-"}, more + " " + p.under()
	}
	instead := "-"
	if s.Threads > 0 {
		instead = fmt.Sprintf("%d of %d threads", s.Coordinators, s.Threads)
	}
	return []string{strconv.Itoa(s.Coordinators), strconv.Itoa(s.OneDown), instead},
		fmt.Sprintf("%d %s (%d to lose one)", s.Coordinators, p.under(), s.OneDown)
}

// held is one line of what so many coordinators hold, as cells and in words.
func (f sizeFlags) held(p placement) (cells []string, clause string) {
	c := sizing.Ceilings(p.policy, f.coordinators, f.threads)
	threads := func(k int) string {
		if n := sizing.ThreadsFor(f.sessions, k, p.policy); n > 0 {
			return strconv.Itoa(n)
		}
		return "-"
	}
	need := ""
	if c.Safe < f.sessions {
		need = fmt.Sprintf("; %d take %s threads each", f.sessions, threads(f.coordinators))
	}
	return []string{strconv.Itoa(c.Safe), strconv.Itoa(c.SafeLost), threads(f.coordinators), threads(f.coordinators - 1)},
		fmt.Sprintf("%d %s (%d with one down%s)", c.Safe, p.under(), c.SafeLost, need)
}

// counted is "1 session", "400 sessions".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// plainTable is a table without borders, its first column words and the others
// numbers.
func plainTable(header []string, rows [][]string) (string, error) {
	align := make([]tw.Align, len(header))
	padding := make([]tw.Padding, len(header))
	for i := range header {
		align[i], padding[i] = tw.AlignRight, tw.Padding{Overwrite: true, Right: "  "}
	}
	align[0], padding[len(header)-1].Right = tw.AlignLeft, ""
	cell := tw.CellConfig{
		Alignment:  tw.CellAlignment{PerColumn: align},
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{PerColumn: padding},
	}
	var out strings.Builder
	t := tablewriter.NewTable(&out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{ShowHeader: tw.On, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.Off},
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
			},
		})),
		tablewriter.WithHeaderConfig(cell), tablewriter.WithRowConfig(cell))
	t.Header(header)
	err := t.Bulk(rows)
	if err == nil {
		err = t.Render()
	}
	return out.String(), err
}
