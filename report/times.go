package report

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Every way in which this package writes a time. What the clock says is in UTC.
const (
	layoutDay     = "2006-01-02"
	layoutSecond  = "2006-01-02 15:04:05 UTC"
	layoutLogLine = "2006-01-02T15:04:05.000Z" // as a server's log has it, to grep for
	layoutJUnit   = "2006-01-02T15:04:05"
)

// clock writes when something was, by one of the layouts.
func clock(t time.Time, layout string) string { return t.UTC().Format(layout) }

// maxSeconds bounds the times that are written: a stored result may hold any.
const maxSeconds = 1e9

// rounded is a duration as people say it: "12 ms", "11.8 s", "12 min 3 s", "10 min".
func rounded(s float64) string {
	switch s = clamp(s, 0, maxSeconds); {
	case s < 1:
		return fmt.Sprintf("%.0f ms", 1000*s)
	case s < 120:
		return tenths(scenarios.Seconds(s)) + " s"
	case int(s)%60 == 0:
		return fmt.Sprintf("%d min", int(s)/60)
	default:
		return fmt.Sprintf("%d min %d s", int(s)/60, int(s)%60)
	}
}

// exactSeconds is a duration in seconds however long it is, as settings of
// balancers are: "55 s", "350.104 s".
func exactSeconds(s scenarios.Seconds) string {
	return strconv.FormatFloat(math.Round(1000*clamp(float64(s), 0, maxSeconds))/1000, 'f', -1, 64) + " s"
}

// tenths is a time in seconds as a bare number: "60.0".
func tenths(s scenarios.Seconds) string {
	return strconv.FormatFloat(clamp(float64(s), 0, maxSeconds), 'f', 1, 64)
}

// thousandths is a time in seconds as a bare number, as JUnit has it: "60.012".
func thousandths(s float64) string {
	return strconv.FormatFloat(clamp(s, 0, maxSeconds), 'f', 3, 64)
}

// millionths is a time in seconds with the digits that observations have.
func millionths(s float64) string {
	return strconv.FormatFloat(clamp(s, 0, maxSeconds), 'f', 6, 64)
}

// milliseconds is a time in milliseconds as a bare number.
func milliseconds(d time.Duration, digits int) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', digits, 64)
}

// digitsFor is how many digits after the point tell times in milliseconds apart,
// one number for a whole table so that the points stand under each other.
func digitsFor(longest time.Duration) int {
	switch {
	case longest < 10*time.Millisecond:
		return 3
	case longest < 100*time.Millisecond:
		return 2
	default:
		return 1
	}
}
