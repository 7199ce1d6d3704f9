package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// frame is what is shown at one moment.
type frame struct {
	phase       string // what the run does
	held        string // what becomes of sessions that stay open; "": none do
	done, total int    // sessions that ended, or are open where some are held, and are planned; total 0: it is not known
	failed      int
	classes     []tally // of failures, the most frequent first
	rate        float64 // sessions a second, of late
	elapsed     time.Duration
	left        time.Duration // until the phase ends, about; below 0: it is not known
	shares      []tally       // who answered, the most frequent first
}

// tally is a name and how often it was met.
type tally struct {
	name  string
	count int
}

// Bounds of a frame.
const (
	maxWidth  = 100 // of a row, in columns: what is wider is hard to read
	minWidth  = 40  // for more than one row
	maxShares = 8   // rows of coordinators
	maxRows   = maxShares + 5
)

// rows are the rows of the frame, none of them wider than width.
func (f frame) rows(width int) []string {
	width = min(width-1, maxWidth) // a full row would wrap
	if width < 1 {
		return nil
	}
	out := []string{f.head(width)}
	if width < minWidth {
		return out
	}
	if f.total > 0 {
		out = append(out, f.bar(width))
	}
	if f.held != "" {
		out = append(out, clip(f.held, width))
	}
	if f.failed > 0 {
		out = append(out, clip("failed  "+f.failures(), width))
	}
	return append(out, f.who(width)...)
}

// head is the first row: as much of it as fits, the most telling first.
func (f frame) head(width int) string {
	count := fmt.Sprintf("%d sessions", f.done)
	if f.total > 0 {
		count = fmt.Sprintf("%d of %d sessions", f.done, f.total)
	}
	row := f.phase
	if f.held != "" {
		count = of(f.done, f.total) + " held"
	}
	for _, part := range []string{count, f.failedShort(), f.leftText(), f.rateText(), f.elapsed.Round(time.Second).String()} {
		if part != "" && utf8.RuneCountInString(row)+2+len(part) <= width {
			row = strings.TrimPrefix(row+"  "+part, "  ")
		}
	}
	return clip(row, width)
}

func (f frame) failedShort() string {
	if f.failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d failed", f.failed)
}

// rateText is none while sessions are held: they do not end.
func (f frame) rateText() string {
	if f.held != "" {
		return ""
	}
	return fmt.Sprintf("%.1f/s", f.rate)
}

func (f frame) leftText() string {
	if f.left < 0 {
		return ""
	}
	return f.left.Round(time.Second).String() + " left"
}

// bar is how much of the plan is done.
func (f frame) bar(width int) string {
	share := min(float64(f.done)/float64(f.total), 1)
	tail := fmt.Sprintf("  %3.0f %%", share*100)
	return filled(share, width-len(tail)) + tail
}

// filled is a bar of so many columns.
func filled(share float64, columns int) string {
	n := min(max(int(share*float64(columns)+.5), 0), columns)
	return strings.Repeat("#", n) + strings.Repeat(".", columns-n)
}

// failures are the classes of the sessions that failed.
func (f frame) failures() string {
	var parts []string
	for _, c := range f.classes {
		parts = append(parts, fmt.Sprintf("%d %s", c.count, c.name))
	}
	return strings.Join(parts, ", ")
}

// who is a row for each coordinator, the busiest of many: its name, its sessions, its
// share of all and a bar, which is full for the busiest. Rows are in the order of names,
// so that none changes its place with each session.
func (f frame) who(width int) []string {
	all, busiest, longest := 0, 0, 0
	for _, s := range f.shares {
		all, busiest, longest = all+s.count, max(busiest, s.count), max(longest, utf8.RuneCountInString(s.name))
	}
	shown := slices.Clone(f.shares[:min(len(f.shares), maxShares)])
	slices.SortFunc(shown, func(a, b tally) int { return cmp.Compare(a.name, b.name) })
	name := min(longest, width/2)
	var out []string
	for _, s := range shown {
		row := fmt.Sprintf("%s%s  %6d  %3.0f %%  ", clip(s.name, name), strings.Repeat(" ", max(0, name-utf8.RuneCountInString(s.name))), s.count, 100*float64(s.count)/float64(all))
		if columns := width - utf8.RuneCountInString(row); columns > 0 {
			row += strings.Repeat("#", max(1, int(float64(s.count)/float64(busiest)*float64(columns))))
		}
		out = append(out, clip(row, width))
	}
	if more := len(f.shares) - maxShares; more > 0 {
		out = append(out, clip(fmt.Sprintf("and %d more", more), width))
	}
	return out
}

// clip cuts a row off where it is too wide.
func clip(row string, width int) string {
	if utf8.RuneCountInString(row) <= width {
		return row
	}
	return string([]rune(row)[:max(width-1, 0)]) + "~"
}
