package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
func (g Setting) Range() string {
	if g.Values != nil {
		return strings.Join(g.Values, ", ")
	}
	write := number
	switch t := elemType(fieldType(g.Key)); {
	case t == reflect.TypeFor[Duration]():
		write = nanoseconds
	case !numeric(t):
		return ""
	}
	text := g.Bounds.text(write)
	if g.Bounds.Zero != "" {
		text += " (0: " + g.Bounds.Zero + ")"
	}
	return text
}

// wrong says why v cannot be; "" where it can.
func (g Setting) wrong(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Slice && (numeric(v.Type().Elem())):
		for i := range v.Len() {
			if msg := g.wrong(v.Index(i)); msg != "" {
				return msg
			}
		}
		return ""
	case v.Kind() == reflect.String && g.Values != nil && v.String() != "":
		return notOneOf(v.String(), g.Values)
	case numeric(v.Type()) && !g.Bounds.contain(float64Of(v)):
		msg := "must be " + g.Range()
		if g.Default != "" && g.Bounds.Zero == "" {
			msg += "; the default is " + g.Default
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
	msg := fmt.Sprintf("%s is not one of %s", clip(word), strings.Join(words, ", "))
	if near, ok := nearest(word, words); ok {
		msg += "; did you mean " + near + "?"
	}
	return msg
}
