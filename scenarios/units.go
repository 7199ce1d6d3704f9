package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration, in files "1m30s".
type Duration time.Duration

// String is time.Duration's.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "1m30s"; it refuses what is negative or has no unit.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || v < 0 {
		if _, err := strconv.ParseUint(string(b), 10, 64); err == nil {
			return fmt.Errorf("invalid duration %q: add a unit, for example %ss", b, b)
		}
		return fmt.Errorf("invalid duration %q: write for example 500ms, 30s or 5m", b)
	}
	*d = Duration(v)
	return nil
}

// Rate is sessions per second; files write "10/s" or "30/m". 0 is not paced.
type Rate float64

// String writes "10/s".
func (r Rate) String() string { return strconv.FormatFloat(float64(r), 'g', -1, 64) + "/s" }

// MarshalText writes "10/s".
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads "10/s", "30/m" or a bare number of sessions per second.
func (r *Rate) UnmarshalText(b []byte) error {
	number, unit, _ := strings.Cut(string(b), "/")
	per := map[string]float64{"": 1, "s": 1, "m": 60}[unit]
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || per == 0 || !(v >= 0) || v > 1e6 {
		return fmt.Errorf("invalid rate %q: write for example 10/s or 30/m", b)
	}
	*r = Rate(v / per)
	return nil
}

// Auto is a number of sessions, or 0 for "auto": as many as the judgement needs.
type Auto int

// maxAuto is more sessions than any run has.
const maxAuto = 1e8

// String writes the number, or "auto".
func (a Auto) String() string {
	if a == 0 {
		return "auto"
	}
	return strconv.Itoa(int(a))
}

// MarshalText writes the number, or "auto".
func (a Auto) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a positive number, or "auto".
func (a *Auto) UnmarshalText(b []byte) error {
	if string(b) == "auto" {
		*a = 0
		return nil
	}
	v, err := strconv.Atoi(string(b))
	if err != nil || v <= 0 || v > maxAuto {
		return fmt.Errorf("invalid number of sessions %q: write a whole number from 1 to %d, or auto", b, int(maxAuto))
	}
	*a = Auto(v)
	return nil
}

// Seconds is a time as result files hold it.
type Seconds float64

// SecondsOf converts, to the microsecond.
func SecondsOf(d time.Duration) Seconds { return Seconds(d.Round(time.Microsecond).Seconds()) }

// Duration converts back.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }
