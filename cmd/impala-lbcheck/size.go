package main

import (
	"errors"
	"fmt"
	"io"
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
		Use:   "size --sessions N",
		Short: "How many coordinators so many sessions take; no cluster needed",
		Long: `Say how many coordinators hold so many sessions, how many still do when one of
them is down, and how many threads each would do instead; or, with --coordinators,
what so many of them hold. A session takes one of a coordinator's service threads
(fe_service_threads) for as long as it is open. Where chance places sessions, the
numbers are those that fit in 99.9 of 100 cases. Nothing is sent anywhere.`,
		Example: `  impala-lbcheck size --sessions 400
  impala-lbcheck size --sessions 400 --policy leastconn --coordinators 5`,
		GroupID: groupTry,
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return f.write(w.out) },
	}
	cmd.Flags().IntVar(&f.sessions, "sessions", 0, "how many sessions are to be held, `N`")
	cmd.Flags().IntVar(&f.threads, "threads", scenarios.DefaultThreads, "service threads of each coordinator, `T`")
	cmd.Flags().StringVar(&f.policy, "policy", "", "how the balancer chooses, `P`: "+policyNames()+" (each of them)")
	cmd.Flags().IntVar(&f.coordinators, "coordinators", 0, "say what so many coordinators hold, `K`")
	cmd.Flags().SortFlags = false
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
	var policy scenarios.Policy
	switch {
	case f.sessions == 0:
		return errors.New("how many sessions? impala-lbcheck size --sessions 400")
	case f.sessions < 0 || f.sessions > mostSessions:
		return fmt.Errorf("--sessions %d: it is a number from 1 to %d", f.sessions, mostSessions)
	case f.threads < 1 || f.threads > mostThreads:
		return fmt.Errorf("--threads %d: it is a number from 1 to %d", f.threads, mostThreads)
	case f.coordinators < 0 || f.coordinators > mostCoordinators:
		return fmt.Errorf("--coordinators %d: it is a number from 1 to %d", f.coordinators, mostCoordinators)
	case f.policy == "":
		return nil
	}
	if err := oneOf(&policy, f.policy, scenarios.Policies()...); err != nil {
		return fmt.Errorf("--policy %s: %w", f.policy, err)
	}
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
