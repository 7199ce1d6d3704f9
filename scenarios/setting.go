package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// Setting is one value of a scenario. [Settings] has them all: a program that
// runs scenarios can make its flags, its help and its documentation of it.
type Setting struct {
	Key   string // full name in a scenario file: "load.settle_every"; "load.stages[].rate" is one of each stage's
	Name  string // short name, of which programs make a flag or a variable: "settle-every"; "": only files have it
	Arg   string // what its value is called: "D"
	Help  string // what it means, in one line
	Group Group
	Kinds []Kind // that have it; nil: all of them

	Default string   // as [Setting.Set] reads it; "": the zero value, or as Unset says
	Unset   string   // what applies where nothing is set: "the system's roots"
	Values  []string // all that it can be; nil: see Bounds
	Bounds  Bounds   // of a number or a time, or of each one in a list
	Repeat  bool     // Set adds to a list
	Alone   string   // what a flag without a value sets; "": it needs one, but for a [Setting.Switch]

	parse func(s *Scenario, text string) error // nil: by the type of the field
}

// Group is the heading under which a setting is listed.
type Group string

// The groups, in the order of [Groups].
const (
	GroupCapacity Group = "Capacity"
	GroupQuery    Group = "Query"
	GroupIdle     Group = "Idle"
	GroupWatch    Group = "Watch"
	GroupReuse    Group = "Handle reuse"
	GroupScenario Group = "Scenario"
	GroupTarget   Group = "Target"
	GroupLogin    Group = "Login"
	GroupKerberos Group = "Kerberos"
	GroupTLS      Group = "TLS"
	GroupExpect   Group = "Expectations"
	GroupAudit    Group = "Audit"
	GroupLoad     Group = "Load"
	GroupSession  Group = "Sessions"
)

// Groups lists the groups: first what only one kind of scenario has.
func Groups() []Group {
	return []Group{
		GroupCapacity, GroupQuery, GroupIdle, GroupWatch, GroupReuse,
		GroupScenario, GroupTarget, GroupLogin, GroupKerberos, GroupTLS, GroupExpect, GroupAudit, GroupLoad, GroupSession,
	}
}

// Of reports whether scenarios of kind k have the setting; "" is [KindLooks].
func (st Setting) Of(k Kind) bool {
	return st.Kinds == nil || slices.Contains(st.Kinds, k.OrLooks())
}

// Set reads text into the scenario and checks it alone. It fails with an
// [*InvalidError]. One of each stage's can only be set in a file.
func (st Setting) Set(s *Scenario, text string) error {
	if st.ofStages() {
		return &InvalidError{Key: st.Key, Msg: "can only be set in a file"}
	}
	set := st.parse
	if set == nil {
		set = func(s *Scenario, text string) error { return setText(fieldOf(s, st.Key), text) }
	}
	if err := set(s, text); err != nil {
		return &InvalidError{Key: st.Key, Msg: err.Error()}
	}
	if e := st.check(s); e != nil {
		return e
	}
	return nil
}

// Clear makes the setting's field its zero value: an override of a list takes
// the place of the whole list.
func (st Setting) Clear(s *Scenario) {
	if !st.ofStages() {
		fieldOf(s, st.Key).SetZero()
	}
}

// Text is the value in s as Set reads it; "" where it is unset, or one of each
// stage's.
func (st Setting) Text(s *Scenario) string {
	if st.ofStages() {
		return ""
	}
	return textOf(fieldOf(s, st.Key))
}

// ofStages reports whether each stage has its own value.
func (st Setting) ofStages() bool { return strings.Contains(st.Key, "[]") }

// Type is what a file has for it: "text", "number", "duration", ...
func (st Setting) Type() string { return typeName(fieldType(st.Key)) }

// Switch reports whether the setting is either true or false.
func (st Setting) Switch() bool { return st.Type() == "true or false" }

// check fails where the value in s is out of bounds or not one of Values.
func (st Setting) check(s *Scenario) *InvalidError {
	for _, v := range fieldsOf(s, st.Key) {
		if msg := st.wrong(v.value); msg != "" {
			key, _, _ := strings.Cut(st.Key, "[]")
			return &InvalidError{Key: key, Msg: v.place + msg}
		}
	}
	return nil
}

// checkSettings looks at each setting alone.
func (s Scenario) checkSettings() *InvalidError {
	for _, st := range settings {
		if e := st.check(&s); e != nil {
			return e
		}
	}
	return nil
}

// checkKinds refuses a setting that only other kinds of scenario have: a run would
// ignore it. A value that applies where nothing is set does no harm.
func (s Scenario) checkKinds() *InvalidError {
	k := s.Kind.OrLooks()
	for _, st := range settings {
		if !k.Has(st.Key) && !st.ofStages() && !st.isDefault(s) {
			kinds := slices.DeleteFunc(Kinds(), func(k Kind) bool { return !k.Has(st.Key) })
			return &InvalidError{Key: st.Key, Msg: fmt.Sprintf("only scenarios of kind %s have it, and this one is of kind %s", strings.Join(words(kinds...), ", "), k)}
		}
	}
	return nil
}

// Has reports whether scenarios of the kind have the setting of a key.
func (k Kind) Has(key string) bool {
	return slices.ContainsFunc(settings, func(st Setting) bool { return st.Key == key && st.Of(k) })
}

// isDefault reports whether s has the value that applies where nothing is set.
func (st Setting) isDefault(s Scenario) bool {
	plain := Default()
	for _, d := range derived {
		if d.key == st.Key {
			plain = s
			d.from(&plain)
		}
	}
	value := fieldOf(&s, st.Key)
	return unset(value) || reflect.DeepEqual(value.Interface(), fieldOf(&plain, st.Key).Interface())
}

// Bounds are what a number or a time can be.
type Bounds struct {
	Min, Max float64 // in nanoseconds where it is a time; Max 0: none
	Above    bool    // Min itself is out of bounds
	Below    bool    // Max itself is out of bounds
	Zero     string  // what 0 means, which is then within bounds; "": nothing special
}

// contain reports whether x is within bounds.
func (b Bounds) contain(x float64) bool {
	switch {
	case x == 0 && b.Zero != "":
		return true
	case !(x >= b.Min) || b.Above && x == b.Min || math.IsInf(x, 0):
		return false
	}
	return b.Max == 0 || x < b.Max || x == b.Max && !b.Below
}

// String is "from 1 to 10", "more than 0", "at least 0".
func (b Bounds) String() string { return b.text(number) }

func (b Bounds) text(write func(float64) string) string {
	low, high := write(b.Min), write(b.Max)
	switch {
	case b.Above && b.Below:
		return fmt.Sprintf("more than %s and less than %s", low, high)
	case b.Above && b.Max > 0:
		return fmt.Sprintf("more than %s and at most %s", low, high)
	case b.Above:
		return "more than " + low
	case b.Max > 0:
		return fmt.Sprintf("from %s to %s", low, high)
	}
	return "at least " + low
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func nanoseconds(x float64) string { return time.Duration(x).String() }

// Range describes what the setting can be: its values, or its bounds. "" where
// anything will do.
func (st Setting) Range() string {
	if st.Values != nil {
		return strings.Join(st.Values, ", ")
	}
	write := number
	switch t := elemType(fieldType(st.Key)); {
	case t == reflect.TypeFor[Duration]():
		write = nanoseconds
	case !numeric(t):
		return ""
	}
	text := st.Bounds.text(write)
	if st.Bounds.Zero != "" {
		text += " (0: " + st.Bounds.Zero + ")"
	}
	return text
}

// wrong says why v cannot be; "" where it can.
func (st Setting) wrong(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Slice && (numeric(v.Type().Elem())):
		for i := range v.Len() {
			if msg := st.wrong(v.Index(i)); msg != "" {
				return msg
			}
		}
		return ""
	case v.Kind() == reflect.String && st.Values != nil && v.String() != "":
		return notOneOf(v.String(), st.Values)
	case numeric(v.Type()) && !st.Bounds.contain(float64Of(v)):
		msg := "must be " + st.Range()
		if st.Default != "" && st.Bounds.Zero == "" {
			msg += "; the default is " + st.Default
		}
		return msg
	}
	return ""
}

// notOneOf says that word is none of words, and which was probably meant.
func notOneOf(word string, words []string) string {
	if slices.Contains(words, word) {
		return ""
	}
	msg := fmt.Sprintf("%s is not one of %s", usertext.Quote(word), strings.Join(words, ", "))
	if near, ok := usertext.Nearest(word, words); ok {
		msg += "; did you mean " + near + "?"
	}
	return msg
}
