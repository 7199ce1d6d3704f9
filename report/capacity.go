package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeCapacity shows what each coordinator held beside its threads, and what it
// would hold with one of the others down; then the numbers behind the finding.
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
	p.fact("limit", limit(*c))
	p.fact("safe limit", safeLimit(*c))
	p.fact("headroom", headroom(*c))
}

// holders draws a row for each coordinator, all on one scale.
func (p *page) holders(c scenarios.Capacity) {
	if len(c.Holders) == 0 {
		return
	}
	cols := []column{{title: "coordinator", min: 11}, {title: "held", right: true}}
	oneDown := c.HeldOneDown()
	if oneDown > 0 {
		cols = append(cols, column{title: "one down", right: true})
	}
	var rows [][]string
	for _, h := range c.Holders {
		row := []string{holderName(p.names, h), strconv.Itoa(h.Held)}
		if oneDown > 0 {
			row = append(row, either(h.Name != "", strconv.Itoa(oneDown), "-"))
		}
		rows = append(rows, row)
	}
	bars := p.heldBars(c, oneDown, p.room(cols, rows))
	if bars != nil {
		cols = append(cols, column{})
		for i := range rows {
			rows[i] = append(rows[i], bars[i])
		}
	}
	p.table(cols, rows)
	if bars != nil {
		p.say("%s", heldLegend(c, oneDown))
	}
	p.say("%s", p.names.legend())
}

func holderName(n names, h scenarios.Holder) string {
	return either(h.Name != "", n.of(h.Name), unidentified)
}

// held is how many sessions stayed, of how many, and for how long.
func held(c scenarios.Capacity) string {
	text := count(c.Held, "session")
	if c.Target > 0 {
		text = fmt.Sprintf("%d of %s", c.Held, count(c.Target, "session"))
	}
	if c.For > 0 {
		text += " for " + rounded(float64(c.For))
	}
	switch {
	case c.Survived+c.Lost == 0:
		return text // no session was asked
	case c.Lost > 0:
		return fmt.Sprintf("%s; %d answered at the end, %d did not", text, c.Survived, c.Lost)
	case c.Survived < c.Held:
		return fmt.Sprintf("%s; at the end %d of them answered, and no other was asked", text, c.Survived)
	default:
		return text + "; all answered at the end"
	}
}

// stoppedBy describes the session that did not get in; "" where there was none.
func stoppedBy(c scenarios.Capacity) string {
	if c.StoppedBy.IsZero() {
		return ""
	}
	text := name(c.StoppedBy.String())
	if c.Phase != "" {
		text += ", waiting in " + name(c.Phase)
	}
	if c.Entered {
		text += "; it got in after the others were closed: it was waiting for a free slot"
	}
	return text
}

// cause is what was full; "" where nothing stopped the run.
func cause(c scenarios.Capacity) string {
	switch {
	case c.Cause == scenarios.CauseThreads:
		return "coordinators: all service threads are in use"
	case c.Cause == scenarios.CauseBalancer:
		return "the balancer, or something else in front of the coordinators, which have free threads"
	case c.Cause != "":
		return name(c.Cause)
	case !c.StoppedBy.IsZero():
		return "unknown: a full coordinator and a full balancer look the same to a client"
	default:
		return ""
	}
}

// threadSources says how the number of threads is known.
var threadSources = map[string]string{
	scenarios.ThreadsDeclared: "declared",
	scenarios.ThreadsPages:    "from the coordinators' web pages",
	scenarios.ThreadsMeasured: "measured: held by the fullest one when the next session waited",
	scenarios.ThreadsAssumed:  "assumed: Impala's default",
}

// threads is the number of service threads of a coordinator, and its source.
func threads(c scenarios.Capacity) string {
	if c.Threads == 0 {
		return ""
	}
	text := fmt.Sprintf("%d per coordinator", c.Threads)
	if source := threadSources[c.From]; source != "" {
		text += " (" + source + ")"
	}
	return text
}

// limit is the ceiling that no balancer can exceed.
func limit(c scenarios.Capacity) string {
	if c.Nominal == 0 {
		return ""
	}
	return fmt.Sprintf("%s, however they are placed; limit with one down: %d", count(c.Nominal, "session"), c.NominalOneDown)
}

// safeLimit is the ceiling that the policy can be relied on for.
func safeLimit(c scenarios.Capacity) string {
	if c.Safe == 0 {
		return ""
	}
	placed := "by " + name(string(c.Policy))
	switch {
	case c.Even:
		placed = "evenly (as the held ones were)"
	case c.Policy == "" || c.Policy == scenarios.PolicyAuto:
		placed = "at random (no policy was declared)"
	}
	return fmt.Sprintf("%s fit in 99.9 %% of runs, placed %s; limit with one down: %d", count(c.Safe, "session"), placed, c.SafeOneDown)
}

// headroom is what to add so that the target fits with one coordinator down.
func headroom(c scenarios.Capacity) string {
	var ways []string
	if c.MoreCoord > 0 {
		ways = append(ways, "add "+count(c.MoreCoord, "coordinator"))
	}
	if c.MoreThr > 0 {
		ways = append(ways, fmt.Sprintf("set fe_service_threads to %d", c.MoreThr))
	}
	if len(ways) == 0 {
		return ""
	}
	return fmt.Sprintf("to hold %d with one down: %s", c.Target, strings.Join(ways, ", or "))
}
