package size

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// placement is policies that place sessions alike.
type placement struct {
	policy scenarios.Policy // one of them
	names  []string
}

// placements are those that are asked for.
func (q query) placements() []placement {
	if q.policy != "" {
		return []placement{{scenarios.Policy(q.policy), []string{q.policy}}}
	}
	return []placement{
		{scenarios.PolicyLeastConn, []string{"leastconn", "round-robin"}},
		{scenarios.PolicyRandom, []string{"random", "flow-hash", "auto"}},
		{scenarios.PolicySource, []string{"source"}},
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
func (q query) write(out io.Writer) error {
	if err := q.check(); err != nil {
		return err
	}
	header, line := []string{"policy", "coordinators", "with one down", "or"}, q.needed
	lead := fmt.Sprintf("%s on coordinators of %d threads take", counted(q.sessions, "session"), q.threads)
	if q.coordinators > 0 {
		header, line = []string{"policy", "sessions held", "with one down", fmt.Sprintf("threads for %d", q.sessions), "with one down"}, q.held
		lead = fmt.Sprintf("%s of %d threads can hold", counted(q.coordinators, "coordinator"), q.threads)
	}
	var rows [][]string
	var clauses []string
	for _, p := range q.placements() {
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
func (q query) needed(p placement) (cells []string, clause string) {
	s := sizing.Coordinators(q.sessions, q.threads, p.policy)
	switch {
	case s.Coordinators == 0 && p.policy == scenarios.PolicySource:
		return []string{"none will do", "-", fmt.Sprintf("any, of %d threads", q.sessions)},
			fmt.Sprintf("%s %d threads on the one that a client address goes to", p.under(), q.sessions)
	case s.Coordinators == 0:
		more := fmt.Sprintf("more than %d", scenarios.MaxCoordinators)
		return []string{more, "-", "-"}, more + " " + p.under()
	}
	instead := "-"
	if s.Threads > 0 {
		instead = fmt.Sprintf("%d of %d threads", s.Coordinators, s.Threads)
	}
	return []string{strconv.Itoa(s.Coordinators), strconv.Itoa(s.OneDown), instead},
		fmt.Sprintf("%d %s (%d to lose one)", s.Coordinators, p.under(), s.OneDown)
}

// held is one line of what a number of coordinators holds, as cells and in words.
func (q query) held(p placement) (cells []string, clause string) {
	c := sizing.Ceilings(p.policy, q.coordinators, q.threads)
	threads := func(k int) string {
		if n := sizing.ThreadsFor(q.sessions, k, p.policy); n > 0 {
			return strconv.Itoa(n)
		}
		return "-"
	}
	need := ""
	if c.Safe < q.sessions {
		need = fmt.Sprintf("; %d take %s threads each", q.sessions, threads(q.coordinators))
	}
	return []string{strconv.Itoa(c.Safe), strconv.Itoa(c.SafeOneDown), threads(q.coordinators), threads(q.coordinators - 1)},
		fmt.Sprintf("%d %s (%d with one down%s)", c.Safe, p.under(), c.SafeOneDown, need)
}

// counted is "1 session", "400 sessions".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
