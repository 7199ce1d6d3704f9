// Package provisiontext formats what the provisioning commands found and did, for
// people. It decides nothing: a plan and a report hold all of it.
package provisiontext

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

// Plan formats a plan for people: each change with the current and the desired
// state, the reason and the call. The last line counts the changes.
func Plan(p provision.Plan) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, %s, account %s\n\n", p.Cluster, p.Region, p.Account)
	writeChanges(b, p.Changes)
	writeNotes(b, p.Notes)
	fmt.Fprintf(b, "\n%s\n", countChanges(p.Changes))
	return b.String()
}

func writeChanges(b *strings.Builder, changes []provision.Change) {
	for _, c := range changes {
		fmt.Fprintf(b, "%s %s %s\n", c.Action, c.Resource, c.Name)
		switch {
		case c.Action == provision.NoOp && c.Before != "":
			fmt.Fprintf(b, "    %s\n", c.Before)
			continue
		case c.Before != "" && c.Before != c.After:
			fmt.Fprintf(b, "    is: %s\n", c.Before)
		}
		if c.After != "" {
			fmt.Fprintf(b, "    want: %s\n", c.After)
		}
		if c.Why != "" {
			fmt.Fprintf(b, "    why: %s\n", c.Why)
		}
		if c.Call != "" {
			fmt.Fprintf(b, "    call: %s\n", c.Call)
		}
	}
}

func writeNotes(b *strings.Builder, notes []string) {
	if len(notes) > 0 {
		b.WriteString("\n")
	}
	for _, n := range notes {
		fmt.Fprintf(b, "note: %s\n", n)
	}
}

// countChanges is the last line: the number of changes, or what stops them.
func countChanges(changes []provision.Change) string {
	n, stops, alone := map[provision.Action]int{}, false, 0
	for _, c := range changes {
		n[c.Action]++
		stops = stops || c.Stops()
		if c.Alone {
			alone++
		}
	}
	var parts []string
	for _, a := range []provision.Action{provision.Create, provision.Update, provision.Delete, provision.Wait, provision.Conflict, provision.Blocked, provision.NoOp} {
		if n[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[a], a))
		}
	}
	switch {
	case stops:
		return "Stopped, nothing can be changed: " + strings.Join(parts, ", ") + "."
	case alone > 0:
		return "To do: " + strings.Join(parts, ", ") + "; the others do not wait for what is blocked."
	case n[provision.Create]+n[provision.Update]+n[provision.Delete] == 0:
		return "Nothing to do."
	}
	return "To do: " + strings.Join(parts, ", ") + "."
}

// Report formats a report for people. The last line is the summary.
func Report(r provision.Report) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, %s, account %s\n", r.Cluster, r.Region, r.Account)
	section(b, "Done in this run", len(r.Done) > 0, func() { writeDone(b, r.Done) })
	section(b, "Differs from the file", len(r.Drift) > 0, func() { writeChanges(b, r.Drift) })
	section(b, "Coordinators", len(r.Instances) > 0, func() {
		for _, h := range r.Instances {
			fmt.Fprintf(b, "  %s (%s)\n", h, h.Zone)
		}
	})
	section(b, "Certificate", r.Certificate != nil, func() { writeCertificate(b, *r.Certificate) })
	section(b, "Names", len(r.DNS) > 0, func() {
		for _, name := range slices.Sorted(maps.Keys(r.DNS)) {
			fmt.Fprintf(b, "  %s: %s\n", name, r.DNS[name])
		}
	})
	section(b, "Access log", r.AccessLog != "", func() { fmt.Fprintf(b, "  %s\n", r.AccessLog) })
	section(b, "Checks", len(r.Verdicts) > 0, func() { writeVerdicts(b, r.Verdicts) })
	section(b, "Left or kept", len(r.Left) > 0, func() {
		for _, l := range r.Left {
			fmt.Fprintf(b, "  %s %s: %s\n", l.Resource, l.Name, l.Why)
		}
	})
	settings := provision.ImpalaSettings(r.Outputs)
	section(b, "Not finished", len(r.Unfinished) > 0, func() { fmt.Fprintf(b, "  %s\n", strings.Join(r.Unfinished, ", ")) })
	section(b, "Settings for Impala and its clients", settings != "", func() { b.WriteString(settings) })
	section(b, "Test it", len(r.Smoke) > 0, func() {
		for _, line := range r.Smoke {
			fmt.Fprintf(b, "  %s\n", line)
		}
	})
	writeNotes(b, r.Notes)
	fmt.Fprintf(b, "\n%s\n", summary(r))
	return b.String()
}

// section writes a titled part, unless it is empty.
func section(b *strings.Builder, title string, present bool, write func()) {
	if present {
		fmt.Fprintf(b, "\n%s\n", title)
		write()
	}
}

func writeDone(b *strings.Builder, done []provision.Change) {
	for _, c := range done {
		fmt.Fprintf(b, "  %s %s %s: %s\n", c.Action, c.Resource, c.Name, c.Call)
	}
}

func writeCertificate(b *strings.Builder, c provision.Certificate) {
	fmt.Fprintf(b, "  %s %s %s\n", c.ARN, c.Domain, c.Status)
	if !c.NotAfter.IsZero() {
		fmt.Fprintf(b, "  %d days left, until %s; issued by %s\n", c.DaysLeft, c.NotAfter.Format("2006-01-02"), c.Issuer)
	}
	for _, record := range c.Validation {
		fmt.Fprintf(b, "  keep this record in DNS; each renewal needs it:\n    %s\n", record)
	}
}

func writeVerdicts(b *strings.Builder, verdicts []provision.Verdict) {
	for _, v := range verdicts {
		word := "pass"
		if !v.OK {
			word = "fail"
		}
		fmt.Fprintf(b, "  %s %s: %s (%s)\n", word, v.Check, v.Found, v.Limit)
	}
}

// summary is a report in one sentence, the last line of the output.
func summary(r provision.Report) string {
	out := 0
	for _, h := range r.Instances {
		if !h.Serves() {
			out++
		}
	}
	switch {
	case r.Error != "":
		return "Not finished: " + r.Error
	case len(r.Drift) > 0:
		return fmt.Sprintf("AWS differs from the file: %s", countChanges(r.Drift))
	case out > 0:
		return fmt.Sprintf("AWS matches the file, but %d of %d coordinators %s not in service.", out, len(r.Instances), isOrAre(out))
	case r.Outputs.DNSName == "" && len(r.Left) > 0:
		return fmt.Sprintf("Nothing else with our tag exists; kept: %s %s%s.", r.Left[0].Resource, r.Left[0].Name, andMore(len(r.Left)-1))
	case r.Outputs.DNSName == "":
		return "Nothing with our tag exists."
	}
	if failed := r.Failed(); len(failed) > 0 {
		return fmt.Sprintf("AWS matches the file, but %s failed: %s%s.", failed[0].Check, failed[0].Found, andMore(len(failed)-1))
	}
	if len(r.Instances) == 1 {
		return "AWS matches the file, and the only coordinator is in service."
	}
	return fmt.Sprintf("AWS matches the file, and all %d coordinators are in service.", len(r.Instances))
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}
