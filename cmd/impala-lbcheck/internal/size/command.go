// Package size is the command that says how many coordinators a number of sessions
// needs. It is arithmetic alone: scenarios/sizing has it, and nothing is sent.
package size

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// query is what size is asked.
type query struct {
	sessions, threads, coordinators int
	policy                          string
}

// New returns the command size, which writes its answer to out.
func New(out io.Writer) *cobra.Command {
	var f query
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
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := f.parseArgs(args); err != nil {
			return err
		}
		return f.write(out)
	}
	cmd.Flags().IntVar(&f.sessions, "sessions", 0, "number of sessions to hold, `N`; the same as the argument")
	cmd.Flags().IntVar(&f.threads, "threads", scenarios.DefaultThreads, "service threads of each coordinator, `T`")
	cmd.Flags().StringVar(&f.policy, "policy", "", "how the balancer chooses, `P`: "+policyNames()+" (default: each of them)")
	cmd.Flags().IntVar(&f.coordinators, "coordinators", 0, "say how many sessions `K` coordinators hold (default: not asked)")
	cmd.Flags().SortFlags = false
	complete := cobra.FixedCompletions(strings.Split(policyNames(), ", "), cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc("policy", complete); err != nil {
		panic(err) // the flag was made above
	}
	return cmd
}

func policyNames() string {
	var names []string
	for _, p := range scenarios.Policies() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// maxValue is the greatest value of a setting, by its key.
func maxValue(key string) int {
	for _, st := range scenarios.Settings() {
		if st.Key == key {
			return int(st.Bounds.Max)
		}
	}
	panic("no setting " + key)
}

// check says what is wrong with the flags.
func (q query) check() error {
	sessions, threads := maxValue("capacity.hold"), maxValue("capacity.threads")
	switch {
	case q.sessions == 0:
		return errors.New("how many sessions? impala-lbcheck size 400")
	case q.sessions < 0 || q.sessions > sessions:
		return fmt.Errorf("--sessions %d: must be a number from 1 to %d", q.sessions, sessions)
	case q.threads < 1 || q.threads > threads:
		return fmt.Errorf("--threads %d: must be a number from 1 to %d", q.threads, threads)
	case q.coordinators < 0 || q.coordinators > scenarios.MaxCoordinators:
		return fmt.Errorf("--coordinators %d: must be a number from 1 to %d", q.coordinators, scenarios.MaxCoordinators)
	case q.policy != "" && !slices.Contains(scenarios.Policies(), scenarios.Policy(q.policy)):
		return fmt.Errorf("--policy %s: must be one of %s", q.policy, policyNames())
	}
	return nil
}

// parseArgs reads the argument, which is another way to write --sessions.
func (q *query) parseArgs(args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case len(args) > 1:
		return fmt.Errorf("%d arguments in place of one number of sessions", len(args))
	}
	n, err := strconv.Atoi(args[0])
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a number of sessions; size sends nothing and needs no host", args[0])
	case q.sessions != 0 && q.sessions != n:
		return fmt.Errorf("%d sessions or %d? Give one of the argument and --sessions", n, q.sessions)
	}
	q.sessions = n
	return nil
}
