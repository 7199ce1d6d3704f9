package cause

import (
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Cause is what some failures have in common.
type Cause struct {
	Place   string // the pattern of where and when they failed; "": none fits
	Reason  string // the pattern of why; "": none fits
	Says    string // both in one clause; "": there is nothing to say
	Subject string // the node or the coordinator that it names; "": not one
	Classes []scenarios.Class
	Fix     scenarios.Fixes
}

// place is a pattern of where and when sessions failed.
type place struct {
	name  string
	match func(facts) (match, bool)
}

// match is what a place says of the failures that it fits.
type match struct {
	says    string
	subject string
	reason  string                            // a clause on why, where the place tells; "": the reasons are asked
	fix     scenarios.Fixes                   // nil: the reasons are asked
	takes   func(scenarios.FailureGroup) bool // the failures that it accounts for; nil: all that are left
}

// reason is a pattern of why sessions at one place failed.
type reason struct {
	name  string
	match func(facts) (says string, fix scenarios.Fixes, ok bool)
}

// Of says what the failed sessions of a run have in common, in the order of the
// table of places. Those that no place fits come last.
func Of(e scenarios.Measured) []Cause {
	return OfSome(e, func(scenarios.Class) bool { return true })
}

// OfSome is Of for the failures of some classes; the others are what was asked for.
func OfSome(e scenarios.Measured, some func(scenarios.Class) bool) []Cause {
	f := factsOf(e).of(some)
	var out []Cause
	for _, p := range places {
		if len(f.left) == 0 {
			break
		}
		if m, ok := p.match(f); ok {
			var part []scenarios.FailureGroup
			part, f.left = split(f.left, m.takes)
			out = append(out, f.causeOf(p.name, m, part))
		}
	}
	if len(f.left) > 0 {
		out = append(out, f.causeOf("", match{}, f.left))
	}
	return out
}

// split parts the failures that a place takes from the others.
func split(all []scenarios.FailureGroup, takes func(scenarios.FailureGroup) bool) (taken, left []scenarios.FailureGroup) {
	for _, g := range all {
		if takes == nil || takes(g) {
			taken = append(taken, g)
		} else {
			left = append(left, g)
		}
	}
	return taken, left
}

// causeOf adds to a place why its failures failed.
func (f facts) causeOf(name string, m match, part []scenarios.FailureGroup) Cause {
	c := Cause{Place: name, Says: m.says, Subject: m.subject, Fix: m.fix}
	if name == PlaceGone || name == PlaceUnseen {
		f.suspect = m.subject
	}
	if f.left = part; len(part) == 0 {
		return c // it accounts for none
	}
	c.Classes = classesOf(part)
	why := m.reason
	for _, r := range reasons {
		if c.Fix != nil {
			break
		}
		if says, fix, ok := r.match(f); ok {
			c.Reason, c.Fix = r.name, fix
			why = says
		}
	}
	c.Says = strings.Join(slices.DeleteFunc([]string{c.Says, why}, func(s string) bool { return s == "" }), ": ")
	return c
}

// classesOf are the classes of a part.
func classesOf(part []scenarios.FailureGroup) []scenarios.Class {
	var out []scenarios.Class
	for _, g := range part {
		if !slices.Contains(out, g.Class) {
			out = append(out, g.Class)
		}
	}
	return out
}

// At are the causes of one place.
func At(place string, causes []Cause) []Cause {
	return slices.DeleteFunc(slices.Clone(causes), func(c Cause) bool { return c.Place != place })
}

// Sentence is what causes say, in one sentence's clauses.
func Sentence(causes []Cause) string {
	var out []string
	for _, c := range causes {
		if c.Says != "" {
			out = append(out, c.Says)
		}
	}
	return strings.Join(out[:min(len(out), maxClauses)], "; ")
}

// maxClauses is how many causes a sentence holds.
const maxClauses = 4

// Fixes are what to try against the causes, those of the first first.
func Fixes(causes []Cause) scenarios.Fixes {
	var out scenarios.Fixes
	for _, c := range causes {
		for _, fix := range c.Fix {
			if !slices.Contains(out, fix) && len(out) < phrase.MaxListed {
				out = append(out, fix)
			}
		}
	}
	return out
}

// Subject is the one node or coordinator that the causes name; "" where it is not one.
func Subject(causes []Cause) string {
	subject := ""
	for _, c := range causes {
		switch c.Subject {
		case "", subject:
		default:
			if subject != "" {
				return ""
			}
			subject = c.Subject
		}
	}
	return subject
}
