// Package reconciletext formats what a run and the balancer's log say of each other, for
// people. It decides nothing: a reconciliation holds all of it.
package reconciletext

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/internal/reconcile"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The longest name and sentence that are printed, in characters, and the most rows of a
// table: what a log says may be of any length.
const (
	maxName     = 80
	maxSentence = 600
	maxRows     = 50
	maxFiles    = 10
)

// Reconciliation formats a reconciliation. The last line is the summary.
func Reconciliation(r reconcile.Reconciliation) string {
	b := &strings.Builder{}
	writeLog(b, r.Log)
	writeSessions(b, r)
	writeBackends(b, r)
	writeOrder(b, r.Order)
	writeFailed(b, r.Failed)
	writeFindings(b, r.Findings)
	fmt.Fprintf(b, "\n%s\n", report.Neutralize(r.Summary, maxSentence))
	return b.String()
}

func writeLog(b *strings.Builder, l reconcile.Log) {
	if l.Format == "" {
		b.WriteString("Log without a line\n")
	} else {
		fmt.Fprintf(b, "Log of format %s\n", l.Format)
	}
	for i, f := range l.Files {
		if i == maxFiles {
			fmt.Fprintf(b, "  and %d more files\n", len(l.Files)-maxFiles)
			break
		}
		writeFile(b, f)
	}
	if l.Repeats > 0 {
		fmt.Fprintf(b, "  %d lines were there twice, and count once\n", l.Repeats)
	}
	if l.Address != "" {
		fmt.Fprintf(b, "  the balancer saw us as %s: joined by port and time\n", l.Address)
	}
}

func writeFile(b *strings.Builder, f balancerlog.File) {
	fmt.Fprintf(b, "  %s: %d lines, %d connections, %d other, %d broken\n", report.Neutralize(f.Name, maxSentence), f.Lines, f.Records, f.Other, f.Broken)
	for _, text := range f.Shown {
		fmt.Fprintf(b, "    %s\n", report.Neutralize(text, maxSentence))
	}
	if f.Cut != "" {
		fmt.Fprintf(b, "    %s\n", f.Cut)
	}
}

func writeSessions(b *strings.Builder, r reconcile.Reconciliation) {
	s := r.Sessions
	fmt.Fprintf(b, "\nSessions: %d, of which %d joined\n", s.Total, s.Joined)
	for _, row := range []struct {
		n    int
		what string
	}{
		{s.Ambiguous, "fit several lines, or a line that fits others, too"},
		{s.Untimely, "fit a line by its address and not by its time"},
		{s.NotLogged, "have no line"},
		{s.NoPort, "have no local port: they never connected"},
		{s.Scouts, "are scouts, joined or not, which a result counts apart"},
	} {
		if row.n > 0 {
			fmt.Fprintf(b, "  %d %s\n", row.n, row.what)
		}
	}
	if r.Log.Own > 0 {
		fmt.Fprintf(b, "  %d lines of our address in that time have no session of the run\n", r.Log.Own)
	}
	if r.Clock.Known {
		fmt.Fprintf(b, "  the log's clock minus ours: %.1f ms (%.1f to %.1f)\n", r.Clock.Offset, r.Clock.Low, r.Clock.High)
	}
}

// writeBackends writes the log's tally beside ours.
func writeBackends(b *strings.Builder, r reconcile.Reconciliation) {
	if len(r.Backends) == 0 {
		return
	}
	b.WriteString("\nBackends by the log, and whom we met there\n")
	table := &strings.Builder{}
	w := tabwriter.NewWriter(table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  backend\tsessions\tfailed\tretried\tothers\tcoordinators")
	for _, row := range r.Backends[:min(len(r.Backends), maxRows)] {
		fmt.Fprintf(w, "  %s\t%d\t%d\t%d\t%d\t%s\n", nameOf(row), row.Sessions, row.Failed, row.Retried, row.Others, met(row.Coordinators))
	}
	w.Flush()
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	if more := len(r.Backends) - maxRows; more > 0 {
		fmt.Fprintf(b, "  and %d more\n", more)
	}
	if r.Log.Partial {
		b.WriteString("  connections of others are not all counted: there were too many backends and times\n")
	}
}

// writeOrder writes how far our sessions followed one rotation.
func writeOrder(b *strings.Builder, orders []reconcile.Order) {
	if len(orders) == 0 {
		return
	}
	b.WriteString("\nOrder of the choices, with those for others between them\n")
	for _, o := range orders[:min(len(orders), maxRows)] {
		node := o.Node
		if node == "" {
			node = "all nodes"
		}
		fmt.Fprintf(b, "  %s: %d of %d steps are to the backend that most often comes next, of %d\n", node, o.Kept, o.Steps, o.Backends)
		if o.Unknown > 0 {
			fmt.Fprintf(b, "    %d more are left out: the log's times do not tell which session was first\n", o.Unknown)
		}
	}
}

func nameOf(row reconcile.Backend) string {
	name := report.Neutralize(row.Backend, maxName)
	if row.Name != "" && row.Name != row.Backend {
		name += " " + report.Neutralize(row.Name, maxName)
	}
	return name
}

func met(n map[string]int) string {
	if len(n) == 0 {
		return "-"
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s %d", report.Neutralize(name, maxName), n[name]))
	}
	return strings.Join(out, ", ")
}

func writeFailed(b *strings.Builder, failed []reconcile.Failed) {
	if len(failed) == 0 {
		return
	}
	b.WriteString("\nFailed sessions by the log\n")
	for _, f := range failed[:min(len(failed), maxRows)] {
		where, reason := "no backend", "no reason"
		if f.Backend != "" {
			where = f.Backend
		}
		if f.Coordinator != "" {
			where += " (" + f.Coordinator + ")"
		}
		if f.Reason != "" {
			reason = f.Reason
		}
		fmt.Fprintf(b, "  %d %s, sent to %s: %s\n", f.Sessions, f.Class, report.Neutralize(where, maxName), report.Neutralize(reason, maxSentence))
	}
}

func writeFindings(b *strings.Builder, findings []scenarios.Finding) {
	b.WriteString("\nFindings\n")
	for _, f := range findings {
		status := f.Status.String()
		if f.Status == scenarios.StatusFail || f.Status == scenarios.StatusInconclusive {
			status = strings.ToUpper(status)
		}
		fmt.Fprintf(b, "  %s  %s\n", status, report.Neutralize(f.ID, maxName))
		for _, text := range []string{f.Message, f.Note, f.Explain} {
			if text != "" {
				fmt.Fprintf(b, "      %s\n", report.Neutralize(text, maxSentence))
			}
		}
	}
}
