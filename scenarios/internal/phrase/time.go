package phrase

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Lasting writes how long something stayed.
func Lasting(s scenarios.Seconds) string {
	return s.Duration().Round(100 * time.Millisecond).String()
}

// Brief writes a short time as people say it: "0.4 s", "41 ms".
func Brief(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Seconds writes a time that was chosen: "55 s", "0.55 s".
func Seconds(s scenarios.Seconds) string {
	return strconv.FormatFloat(float64(s), 'f', -1, 64) + " s"
}

// MeasuredSeconds writes a time that was measured: "60.0 s", "0.60 s".
func MeasuredSeconds(s scenarios.Seconds) string {
	digits := 1
	if s < 10 {
		digits = 2
	}
	return strconv.FormatFloat(float64(s), 'f', digits, 64) + " s"
}

// ShortSeconds writes seconds as people do: "600 s", "2.5 s".
func ShortSeconds(s scenarios.Seconds) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(s)), ".0") + " s"
}

// Precise writes a time to the hundredth of a millisecond.
func Precise(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

// Milliseconds is a time as findings hold it.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
