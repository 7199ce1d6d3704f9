package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Limit is by how much a figure may be worse than before: "session.login: p(95) +20%".
type Limit struct {
	text     string
	metric   string
	quantile float64 // of a time; 0: the metric is no time

	relative bool
	by       float64 // a share of what it was, or milliseconds, a share of the sessions, sessions
}

// The metrics that are no time.
const (
	metricErrors   = "session"  // with error_rate
	metricCapacity = "capacity" // with held
)

// LimitError says what is wrong with a limit, and where in it.
type LimitError struct {
	Text   string
	Column int // in characters, from 1
	Reason string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%q, column %d: %s", e.Text, e.Column, e.Reason)
}

// ParseLimit reads a limit: a metric, a colon, what is looked at, and how much worse it
// may be. There are METRIC: p(95) +20% or +50ms, or med, with the metrics session.login,
// session.lag and session.PHASE; session: error_rate +1%, of all sessions; and
// capacity: held -10% or -20. It fails with a *LimitError.
func ParseLimit(text string) (Limit, error) {
	l := Limit{text: strings.TrimSpace(text)}
	p := limitParser{text: text}
	p.skip()
	l.metric = p.until(":")
	switch known := l.timed() || l.metric == metricErrors || l.metric == metricCapacity; {
	case !known:
		return l, p.fail("no such metric; there are session.login, session.lag, session.PHASE with a phase of tcp, tls, sasl, open, execute, fetch, close, and session and capacity")
	case !p.take(":"):
		return l, p.fail("a colon is missing, as in session.login: p(95) +20%")
	}
	if err := l.figure(&p); err != nil {
		return l, err
	}
	return l, l.change(&p)
}

// timed reports whether the metric is a time.
func (l Limit) timed() bool {
	if l.metric == scenarios.MetricLogin || l.metric == scenarios.MetricLag {
		return true
	}
	phase, ok := l.phase()
	return ok && phase != scenarios.PhaseResolve // resolving is not a session's
}

func (l Limit) phase() (phase scenarios.Phase, ok bool) {
	name, ok := strings.CutPrefix(l.metric, scenarios.MetricPhase)
	return phase, ok && phase.UnmarshalText([]byte(name)) == nil
}

// figure reads what is looked at.
func (l *Limit) figure(p *limitParser) error {
	p.skip()
	switch word := p.until("(+- \t"); {
	case l.metric == metricErrors && word == "error_rate", l.metric == metricCapacity && word == "held":
	case l.metric == metricErrors:
		return p.fail("of session there is error_rate")
	case l.metric == metricCapacity:
		return p.fail("of capacity there is held")
	case word == "med":
		l.quantile = .5
	case word == "p" && p.take("("):
		q, err := strconv.ParseFloat(strings.TrimSpace(p.until(")")), 64)
		if err != nil || !(q > 0 && q < 100) {
			return p.fail("p needs a percentage between 0 and 100, as in p(95)")
		}
		l.quantile = q / 100
		if !p.take(")") {
			return p.fail("a bracket is missing, as in p(95)")
		}
	default:
		return p.fail("of a time there are p(95) and med")
	}
	return nil
}

// change reads how much worse it may be.
func (l *Limit) change(p *limitParser) error {
	p.skip()
	sign := "+"
	if l.metric == metricCapacity {
		sign = "-"
	}
	if !p.take(sign) {
		return p.fail(fmt.Sprintf("by how much may it be worse? It begins with %s, as in %s20%%", sign, sign))
	}
	number := strings.TrimSpace(p.until(""))
	percent, isPercent := strings.CutSuffix(number, "%")
	if isPercent {
		v, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
		if err != nil || !(v >= 0) || math.IsInf(v, 0) || l.metric != metricErrors && v > 1e6 || !l.timed() && v > 100 {
			return p.fail(fmt.Sprintf("%q is no percentage", number))
		}
		l.by, l.relative = v/100, l.metric != metricErrors
		return nil
	}
	switch {
	case l.timed():
		d, err := time.ParseDuration(number)
		if err != nil || d < 0 {
			return p.fail(fmt.Sprintf("%q is neither a percentage such as 20%% nor a time such as 50ms", number))
		}
		l.by = float64(d) / float64(time.Millisecond)
	case l.metric == metricCapacity:
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil {
			return p.fail(fmt.Sprintf("%q is neither a percentage such as 10%% nor a number of sessions", number))
		}
		l.by = float64(n)
	default:
		return p.fail(fmt.Sprintf("%q is no percentage", number))
	}
	return nil
}

// String writes it as the user did.
func (l Limit) String() string { return l.text }

// most is the worst figure that the limit allows after one of was.
func (l Limit) most(was float64) float64 {
	switch {
	case l.metric == metricCapacity && l.relative:
		return was * (1 - l.by)
	case l.metric == metricCapacity:
		return was - l.by
	case l.relative:
		return was * (1 + l.by)
	}
	return was + l.by
}

// name is what is looked at, in words.
func (l Limit) name() string {
	switch l.metric {
	case metricErrors:
		return "the share of failed sessions"
	case metricCapacity:
		return "the number of sessions held"
	}
	return fmt.Sprintf("p(%g) of %s", l.quantile*100, l.metric)
}

// limitParser reads a limit from left to right.
type limitParser struct {
	text  string
	at    int // of what comes next
	begun int // of what was read last
}

// until reads up to one of the characters, or to the end.
func (p *limitParser) until(stop string) string {
	p.begun = p.at
	end := len(p.text)
	if i := strings.IndexAny(p.text[p.at:], stop); stop != "" && i >= 0 {
		end = p.at + i
	}
	out := p.text[p.at:end]
	p.at = end
	return strings.TrimSpace(out)
}

// take reads one character; false, and nothing read, where another comes.
func (p *limitParser) take(c string) bool {
	if !strings.HasPrefix(p.text[p.at:], c) {
		p.begun = p.at
		return false
	}
	p.at += len(c)
	return true
}

func (p *limitParser) skip() {
	p.at += len(p.text[p.at:]) - len(strings.TrimLeft(p.text[p.at:], " \t"))
}

// fail is an error about what was read last.
func (p *limitParser) fail(reason string) error {
	return &LimitError{Text: p.text, Column: 1 + len([]rune(p.text[:p.begun])), Reason: reason}
}
