package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"
)

// counts is how many mutants of an area had each fate.
type counts struct {
	area  string
	fates [reasoned + 1]int
}

func (c counts) sampled() int { return c.fates[lived] + c.killed() + c.fates[reasoned] }

// killed counts those that did not end, too: a test noticed them.
func (c counts) killed() int { return c.fates[killed] + c.fates[timeout] }

// share is how many per cent were killed of those that can be.
func (c counts) share() float64 {
	n := c.killed() + c.fates[lived]
	if n == 0 {
		return 100
	}
	return 100 * float64(c.killed()) / float64(n)
}

func (c *counts) add(other counts) {
	for i, n := range other.fates {
		c.fates[i] += n
	}
}

// table prints a line for each area, and one for all, which it returns.
func table(w io.Writer, areas []counts) (all counts) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "area\tsampled\tkilled\tof these timeouts\tlived\tequivalent\tkilled of the rest\t")
	all.area = "all"
	for _, c := range areas {
		all.add(c)
		row(t, c)
	}
	row(t, all)
	t.Flush()
	return all
}

func row(w io.Writer, c counts) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.1f %%\t\n", c.area, c.sampled(), c.killed(), c.fates[timeout], c.fates[lived], c.fates[reasoned], c.share())
}

// line is a mutant's line. It begins with its fate.
func line(m mutant, o outcome, takes time.Duration) string {
	return fmt.Sprintf("%-10s %5.1fs %d:%d %s  [%s]", o.fate, takes.Round(100*time.Millisecond).Seconds(), m.line, m.col, m.key(), o.by)
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
