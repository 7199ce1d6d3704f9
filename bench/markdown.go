//go:build linux

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// format returns text such as "1.203 x (1.154 to 1.310)".
func (s spread) format(unit string) string {
	if s.N == 0 {
		return "-"
	}
	if s.N == 1 || s.Min == s.Max {
		return formatNumber(s.Median) + unit
	}
	return fmt.Sprintf("%s%s (%s to %s)", formatNumber(s.Median), unit, formatNumber(s.Min), formatNumber(s.Max))
}

// formatNumber formats a number with three or four significant digits.
func formatNumber(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 10:
		return fmt.Sprintf("%.3f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// markdown returns results.md.
func (r *results) markdown() string {
	var b strings.Builder
	how := "the full run"
	if r.Quick {
		how = "a quick run (--quick): short windows, rough figures"
	}
	fmt.Fprintf(&b, "# Results\n\nWritten by `make bench`: %s, begun %s, took %s. Figures are medians over the rounds, with minimum and maximum in brackets. README.md says what they mean.\n\n", how, r.Began.Format(time.DateTime+" MST"), r.Took)
	for _, name := range slices.Sorted(maps.Keys(r.Machine)) {
		fmt.Fprintf(&b, "- %s: %s\n", name, r.Machine[name])
	}
	if len(r.Targets) > 0 {
		b.WriteString("\n## Targets\n\n| target | limit | measured | |\n|---|---|---|---|\n")
		for _, v := range r.Targets {
			got := v.Why
			if got == "" {
				got = v.Got.format(unit(v.Unit))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", v.What, v.limitText(), got, v.metText())
		}
	}
	r.waysMarkdown(&b)
	for _, m := range r.Cells {
		m.markdown(&b)
	}
	if len(r.Holds) > 0 {
		b.WriteString("\n## Held sessions, direct\n\n| client | | held | memory each, KB | resident in all, MB | opened in, s |\n|---|---|---|---|---|---|\n")
		for _, k := range r.Holds {
			how := k.way.name()
			if k.Parked {
				how += ", a goroutine parked on each"
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s |\n", k.Client, how, k.N, formatNumber(k.EachKB), formatNumber(float64(k.Held.RSSKB)/1024), formatNumber(k.Held.Opening.Seconds()))
		}
	}
	if len(r.Shards) > 0 {
		b.WriteString("\n## Sessions held by the command in four processes\n\n| held | memory in all while they are held, MB | at the peak, MB | each, KB | opened in, s |\n|---|---|---|---|---|\n")
		for _, s := range r.Shards {
			fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", s.N, s.HeldMB.format(""), formatNumber(s.PeakMB), formatNumber(s.HeldMB.Median*1024/float64(s.N)), formatNumber(s.Opening.Seconds()))
		}
	}
	return b.String()
}

func (m *cellMeasurement) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n| client | sessions/s | client CPU, us | of it user | bytes | mallocs | sim CPU, us | HAProxy CPU, us | peak MB | errors |\n|---|---|---|---|---|---|---|---|---|---|\n", m.Name)
	for _, f := range m.Figures {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %d |\n", f.Client, f.Rate.format(""), f.CPU.format(""), formatNumber(f.User.Median),
			formatNumber(f.Bytes.Median), formatNumber(f.Mallocs.Median), formatNumber(f.Sim.Median), formatNumber(f.Proxy.Median), formatNumber(f.PeakMB.Median), f.Errors)
	}
	b.WriteString("\n| ours against | sessions/s | client CPU |\n|---|---|---|\n")
	for _, q := range m.Ratios {
		fmt.Fprintf(b, "| %s | %s | %s |\n", q.Against, q.Rate.format(" x"), q.CPU.format(" x"))
	}
}
