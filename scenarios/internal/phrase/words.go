package phrase

import (
	"fmt"
	"strconv"
	"strings"
)

// Number writes small numbers out.
func Number(n int) string {
	small := []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return fmt.Sprint(n)
}

// Count writes "1 session", "8 sessions".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Were writes "1 session was", "8 sessions were".
func Were(n int, what string) string { return Count(n, what) + " " + Agree(n, "was", "were") }

// Agree is the word for one or the word for n of something: "1 of 8 sessions was".
func Agree(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// MaxListed is how many names a sentence holds.
const MaxListed = 8

// List writes "a", "a and b", "a, b and c"; long lists end in "and 12 more".
func List(names []string) string {
	if len(names) > MaxListed {
		return strings.Join(names[:MaxListed], ", ") + fmt.Sprintf(" and %d more", len(names)-MaxListed)
	}
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Percent writes a share as "23 %", with a digit more where it is small.
func Percent(share float64) string {
	digits := 0
	if share > 0 && share < .1 {
		digits = 1
	}
	return strconv.FormatFloat(share*100, 'f', digits, 64) + " %"
}

// Chance writes a probability short enough for a sentence.
func Chance(p float64) string { return strconv.FormatFloat(p, 'g', 2, 64) }

// Times writes a factor: "2.8 times", "twice".
func Times(f float64) string {
	if s := strconv.FormatFloat(f, 'f', 1, 64); s != "2.0" {
		return strings.TrimSuffix(s, ".0") + " times"
	}
	return "twice"
}

// Num is a finding's number.
func Num[T int | float64](v T) *float64 {
	f := float64(v)
	return &f
}

// Join puts two notes, of which either may be empty, behind each other.
func Join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ". " + b
}
