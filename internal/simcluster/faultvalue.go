package simcluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseNumber parses a decimal number from low to high.
func parseNumber[T ~int | ~int32 | ~int64](s string, low, high int64, to *T) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return fmt.Errorf("invalid value %.40q: it must be a number from %d to %d", s, low, high)
	}
	*to = T(n)
	return nil
}

// parseProbability parses a number from 0 to 1.
func parseProbability(s string, to *float64) error {
	p, err := strconv.ParseFloat(s, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return fmt.Errorf("invalid value %.40q: it must be a probability from 0 to 1", s)
	}
	*to = p
	return nil
}

// parseDuration parses a positive duration of at most an hour.
func parseDuration(s string, to *time.Duration) error {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > time.Hour {
		return fmt.Errorf("invalid duration %.40q: it must be positive and at most 1h, such as 200ms", s)
	}
	*to = d
	return nil
}

// parseSeconds parses a duration of whole seconds.
func parseSeconds(s string, to *time.Duration) error {
	if err := parseDuration(s, to); err != nil {
		return err
	}
	if *to%time.Second != 0 {
		return fmt.Errorf("invalid duration %.40q: it must be whole seconds, such as 2s", s)
	}
	return nil
}

// parseWindow parses START:DURATION, or START alone if the end is optional.
func parseWindow(s string, endRequired bool, to *timeWindow) error {
	start, duration, hasEnd := strings.Cut(s, ":")
	if err := parseDuration(start, &to.start); err != nil {
		return err
	}
	if hasEnd {
		return parseDuration(duration, &to.duration)
	}
	if endRequired {
		return fmt.Errorf("invalid value %.40q: add the duration, such as 2s:5s", s)
	}
	return nil
}

// parseIdle parses DURATION:MODE.
func parseIdle(s string, to *idlePlan) error {
	after, mode, _ := strings.Cut(s, ":")
	if !slices.Contains([]cutMode{cutModeFIN, cutModeRST, cutModeSilent}, cutMode(mode)) {
		return fmt.Errorf("invalid value %.40q: it must end in :fin, :rst or :silent", s)
	}
	to.mode = cutMode(mode)
	return parseDuration(after, &to.after)
}

// parseNumbers parses numbers separated by colons.
func parseNumbers(s string, to *[]int) error {
	var numbers []int
	for part := range strings.SplitSeq(s, ":") {
		var n int
		if err := parseNumber(part, 0, 1_000_000, &n); err != nil || len(numbers) == MaxCoordinators {
			return fmt.Errorf("invalid list %.40q: it must be numbers separated by colons, such as 3:2", s)
		}
		numbers = append(numbers, n)
	}
	*to = numbers
	return nil
}

// parseVersion accepts letters, digits and . - _
func parseVersion(s string, to *string) error {
	for _, r := range s {
		if !strings.ContainsRune("0123456789.-_", r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return fmt.Errorf("invalid version %.40q: it may have letters, digits and . - _, such as 4.4.1", s)
		}
	}
	*to = s
	return nil
}

// parseStop parses CONNECTIONS, or CONNECTIONS:MISSED.
func parseStop(s string, to *stopPlan) error {
	after, missed, noticed := strings.Cut(s, ":")
	to.missed = -1
	if err := parseNumber(after, 1, 1<<30, &to.after); err != nil || !noticed {
		return err
	}
	return parseNumber(missed, 0, 1<<30, &to.missed)
}

// parseLimit parses NUMBER, or NUMBER:MODE.
func parseLimit(s string, to *limitPlan) error {
	n, mode, hasMode := strings.Cut(s, ":")
	to.mode = cutModeRST
	if hasMode {
		to.mode = cutMode(mode)
	}
	if to.mode != cutModeRST && to.mode != cutModeFIN {
		return fmt.Errorf("invalid value %.40q: after the number it may have :rst or :fin", s)
	}
	return parseNumber(n, 1, 1_000_000, &to.n)
}

// maxOthers limits the connections of other clients per connection of ours.
const maxOthers = 100

// parseOthers parses RATIO, or RATIO:STAY.
func parseOthers(s string, to *othersPlan) error {
	ratio, stay, hasStay := strings.Cut(s, ":")
	r, err := strconv.ParseFloat(ratio, 64)
	if err != nil || !(r > 0 && r <= maxOthers) {
		return fmt.Errorf("invalid value %.40q: it must begin with a number of at most %d, such as 0.1", s, maxOthers)
	}
	to.perConnection = r
	if hasStay {
		return parseNumber(stay, 0, 1_000_000, &to.stay)
	}
	return nil
}

// parseLists parses lists separated by colons, of numbers separated by plus signs.
func parseLists(s string, to *[][]int) error {
	var lists [][]int
	for part := range strings.SplitSeq(s, ":") {
		var list []int
		if err := parseNumbers(strings.ReplaceAll(part, "+", ":"), &list); err != nil || len(lists) == MaxNodes {
			return fmt.Errorf("invalid lists %.40q: they must be numbers of coordinators, such as 1+2:2+3", s)
		}
		lists = append(lists, list)
	}
	*to = lists
	return nil
}
