package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeCapacity shows what each coordinator held beside what it can hold, and
// what it would have to take if another were lost.
func writeCapacity(p *page, r scenarios.Result) {
	c := r.Capacity
	if c == nil {
		return
	}
	p.title("Capacity")
	p.holders(*c)
	p.fact("held", held(*c))
	p.fact("stopped by", stoppedBy(*c))
	p.fact("cause", cause(*c))
	p.fact("threads", threads(*c))
	p.fact("nominal", nominal(*c))
	p.fact("fits", fits(*c))
}

// holders draws a row for each coordinator, all on one scale.
func (p *page) holders(c scenarios.Capacity) {
	if len(c.Holders) == 0 {
		return
	}
	cols := []column{{title: "coordinator", least: 11}, {title: "held", right: true}}
	takes := takesOver(c)
	if takes > 0 {
		cols = append(cols, column{title: "one down", right: true})
	}
	var rows [][]string
	for _, h := range c.Holders {
		row := []string{holderName(p.names, h), strconv.Itoa(h.Held)}
		if takes > 0 {
			row = append(row, either(h.Name != "", strconv.Itoa(takes), "-"))
		}
		rows = append(rows, row)
	}
	bars := p.heldBars(c, takes, p.room(cols, rows))
	if bars != nil {
		cols = append(cols, column{})
		for i := range rows {
			rows[i] = append(rows[i], bars[i])
		}
	}
	p.table(cols, rows)
	if bars != nil {
		p.say("%s", heldLegend(c, takes))
	}
	p.say("%s", p.names.legend())
}

func holderName(n names, h scenarios.Holder) string {
	return either(h.Name != "", n.of(h.Name), "(unidentified)")
}

// takesOver is how many sessions each coordinator would have if one were lost
// and all came back evenly; 0 where there is no other to take them.
func takesOver(c scenarios.Capacity) int {
	total, named := 0, 0
	for _, h := range c.Holders {
		total += h.Held
		if h.Name != "" {
			named++
		}
	}
	if named < 2 {
		return 0
	}
	return (total + named - 2) / (named - 1)
}

// heldBars draws the bars; nil where there is no room or nothing to draw.
func (p *page) heldBars(c scenarios.Capacity, takes, room int) []string {
	width := min(room, mostBar)
	most := max(c.Threads, takes)
	for _, h := range c.Holders {
		most = max(most, h.Held)
	}
	if width < leastBar || most == 0 {
		return nil
	}
	at := func(n int) int { return int(float64(n)/float64(most)*float64(width-1) + .5) }
	bars := make([]string, len(c.Holders))
	for i, h := range c.Holders {
		b := heldBar{held: at(h.Held), full: c.Threads > 0 && h.Held >= c.Threads, limit: -1}
		if h.Name != "" {
			b.takes = at(takes)
			if c.Threads > 0 {
				b.limit = at(c.Threads)
			}
		}
		bars[i] = p.drawn(b)
	}
	return bars
}

// heldBar is one coordinator's bar, in columns.
type heldBar struct {
	held  int
	takes int  // with one coordinator lost
	limit int  // where its threads end; -1: not known
	full  bool // no thread is left
}

// drawn is a bar without spaces at its end.
func (p *page) drawn(b heldBar) string {
	var out strings.Builder
	part := func(from, to int, mark string, c paint) {
		out.WriteString(p.paint(c, strings.Repeat(mark, max(0, to-from))))
	}
	colour := green
	if b.full {
		colour = red
	}
	end := max(b.held, b.takes)
	if b.limit < 0 {
		part(0, b.held, "#", colour)
		part(b.held, b.takes, ".", faint)
		return out.String()
	}
	part(0, min(b.held, b.limit), "#", colour)
	part(b.held, min(b.takes, b.limit), ".", faint)
	part(end, b.limit, " ", faint)
	part(0, 1, "|", bold)
	part(b.limit+1, b.held, "#", red)
	part(max(b.held, b.limit+1), b.takes, ".", red)
	return out.String()
}

func heldLegend(c scenarios.Capacity, takes int) string {
	parts := []string{"# held"}
	if takes > 0 {
		parts = append(parts, ". with one coordinator down")
	}
	if c.Threads > 0 {
		parts = append(parts, fmt.Sprintf("| its %s", count(c.Threads, "thread")))
	}
	return strings.Join(parts, "; ")
}

// held says how many stayed, of how many, and for how long.
func held(c scenarios.Capacity) string {
	text := count(c.Held, "session")
	if c.Target > 0 {
		text = fmt.Sprintf("%d of %s", c.Held, count(c.Target, "session"))
	}
	if c.For > 0 {
		text += " for " + seconds(float64(c.For))
	}
	switch {
	case c.Survived+c.Lost == 0:
		return text // none was asked
	case c.Lost > 0:
		return fmt.Sprintf("%s; %d answered at the end, %d did not", text, c.Survived, c.Lost)
	case c.Survived < c.Held:
		return fmt.Sprintf("%s; %d of them were asked at the end, and answered", text, c.Survived)
	default:
		return text + "; all answered at the end"
	}
}

// stoppedBy says what became of the session that did not get in; "": none.
func stoppedBy(c scenarios.Capacity) string {
	if c.StoppedBy.IsZero() {
		return ""
	}
	text := name(c.StoppedBy.String())
	if c.Phase != "" {
		text += ", waiting in " + name(c.Phase)
	}
	if c.Entered {
		text += "; it got in once the others had left: it was waiting for a free slot"
	}
	return text
}

// cause says what was full; "" where nothing stopped the run.
func cause(c scenarios.Capacity) string {
	switch {
	case c.Cause == scenarios.CauseThreads:
		return "the coordinators: their service threads are all taken"
	case c.Cause == scenarios.CauseBalancer:
		return "the balancer, or something else in front: the coordinators have free threads"
	case c.Cause != "":
		return name(c.Cause)
	case !c.StoppedBy.IsZero():
		return "unknown from outside"
	default:
		return ""
	}
}

// threads says how many service threads a coordinator has, and who says so.
func threads(c scenarios.Capacity) string {
	if c.Threads == 0 {
		return ""
	}
	text := fmt.Sprintf("%d for each coordinator", c.Threads)
	switch c.From {
	case scenarios.ThreadsDeclared:
		return text + ", as declared"
	case scenarios.ThreadsPages:
		return text + ", as reported by their web pages"
	case scenarios.ThreadsMeasured:
		return text + ", measured: what the fullest held when the next session waited"
	case scenarios.ThreadsAssumed:
		return text + ", assumed (Impala's default)"
	default:
		return text
	}
}

// nominal is the ceiling that no balancer can exceed.
func nominal(c scenarios.Capacity) string {
	if c.Nominal == 0 {
		return ""
	}
	return fmt.Sprintf("at most %s; %d with one coordinator down", count(c.Nominal, "session"), c.NMinus1)
}

// fits is the ceiling that the policy can be relied on for.
func fits(c scenarios.Capacity) string {
	if c.Safe == 0 {
		return ""
	}
	placed := "with " + name(string(c.Policy)) + " placement"
	if c.Policy == "" || c.Policy == scenarios.AutoPolicy {
		placed = "with random placement, since no policy was declared"
	}
	return fmt.Sprintf("%s with a probability of 99.9 %%, %s; %d with one coordinator down", count(c.Safe, "session"), placed, c.SafeLost)
}
