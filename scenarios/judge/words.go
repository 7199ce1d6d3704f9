package judge

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// count writes "1 session", "8 sessions".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// were writes "1 session was", "8 sessions were".
func were(n int, what string) string {
	if n == 1 {
		return count(n, what) + " was"
	}
	return count(n, what) + " were"
}

// maxListed is how many names a sentence holds.
const maxListed = 8

// list writes "a", "a and b", "a, b and c"; long lists end in "and 12 more".
func list(names []string) string {
	if len(names) > maxListed {
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" and %d more", len(names)-maxListed)
	}
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// percent writes a share as "23 %", with a digit more where it is small.
func percent(share float64) string {
	digits := 0
	if share > 0 && share < .1 {
		digits = 1
	}
	return strconv.FormatFloat(share*100, 'f', digits, 64) + " %"
}

// chance writes a probability short enough for a sentence.
func chance(p float64) string { return strconv.FormatFloat(p, 'g', 2, 64) }

// times writes a factor: "2.8 times", "twice".
func times(f float64) string {
	if s := strconv.FormatFloat(f, 'f', 1, 64); s != "2.0" {
		return strings.TrimSuffix(s, ".0") + " times"
	}
	return "twice"
}

// try are things to do that are no setting of ours.
func try(whys ...string) scenarios.Fixes {
	var out scenarios.Fixes
	for _, why := range whys {
		out = append(out, vocab.Fix{Why: why})
	}
	return out
}

// set is a setting of the scenario to change; value and why may be "".
func set(setting, value, why string) scenarios.Fixes {
	return scenarios.Fixes{{Setting: setting, Value: value, Why: why}}
}

// num is a finding's number.
func num[T int | float64](v T) *float64 {
	f := float64(v)
	return &f
}

// join puts two notes, of which either may be empty, behind each other.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ". " + b
}

// short writes a time to the hundredth of a millisecond.
func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

// millis is a time as findings hold it.
func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
