package simcluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parse returns value as Impala prints it after it was set, or Impala's error
// (be/src/service/query-options.cc).
func (o *queryOption) parse(value string) (string, error) {
	switch o.kind {
	case "bool":
		if strings.EqualFold(value, "true") || value == "1" {
			return "1", nil
		}
		return "0", nil
	case "int":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return "", o.unparsable(value)
		}
		return strconv.FormatInt(n, 10), o.checkRange(float64(n), value)
	case "double":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return "", o.unparsable(value)
		}
		return strconv.FormatFloat(n, 'f', 6, 64), o.checkRange(n, value)
	case "memory":
		return o.parseMemory(value)
	case "enum":
		return o.parseMember(value)
	case "set":
		return o.parseSet(value)
	}
	return value, nil
}

func (o *queryOption) unparsable(value string) error {
	return sqlError(fmt.Sprintf("Failed to parse query option '%s': %.64s\n", o.name, value))
}

// checkRange returns Impala's error for a number out of range.
func (o *queryOption) checkRange(n float64, value string) error {
	reason, r := "", o.bounds
	switch {
	case r.hasLow && r.hasHigh && (n < r.low || n > r.high):
		reason = fmt.Sprintf("%.64s is not in range [%v, %v]", value, r.low, r.high)
	case r.hasLow && n < r.low && r.low == 0:
		reason = fmt.Sprintf("Value must be non-negative: %.64s", value)
	case r.hasLow && n < r.low:
		reason = fmt.Sprintf("Value must be greater than or equal to %v, actual value: %.64s", r.low, value)
	default:
		return nil
	}
	return sqlError(fmt.Sprintf("Invalid value for query option %s: %s\n", o.name, reason))
}

// memoryUnits are the units of a size, by their last letter but B.
var memoryUnits = map[byte]float64{'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30, 't': 1 << 40}

// parseMemory parses a size such as 2g or 1.5GB. -1 is no limit, which most options
// print as 0; SCRATCH_LIMIT keeps it.
func (o *queryOption) parseMemory(value string) (string, error) {
	if value == "-1" {
		if o.name == "SCRATCH_LIMIT" {
			return value, nil
		}
		return "0", nil
	}
	number := strings.TrimSuffix(strings.ToLower(value), "b")
	unit := 1.0
	if n := len(number); n > 0 {
		if u, ok := memoryUnits[number[n-1]]; ok {
			unit, number = u, number[:n-1]
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0 && n*unit < 1<<63) || strings.ContainsAny(number, "xpn_i") {
		return "", o.unparsable(value)
	}
	text := strconv.FormatInt(int64(n*unit), 10)
	return text, o.checkRange(n*unit, text)
}

// parseMember finds a member of an enum by name, ignoring case, or by number.
func (o *queryOption) parseMember(value string) (string, error) {
	name, level := value, ""
	if o.name == "COMPRESSION_CODEC" {
		name, level, _ = strings.Cut(value, ":")
	}
	for _, m := range o.members {
		if !strings.EqualFold(name, m.name) && name != strconv.Itoa(m.number) {
			continue
		}
		if o.name == "COMPRESSION_CODEC" && m.name == "ZSTD" {
			setDefault(&level, "3")
			return m.name + ":" + level, nil
		}
		return m.name, nil
	}
	known := make([]string, len(o.members))
	for i, m := range o.members {
		known[i] = fmt.Sprintf("%s(%d)", m.name, m.number)
	}
	return "", sqlError(fmt.Sprintf("Invalid %s: '%.64s'. Valid values are %s.\n", o.about, value, strings.Join(known, ", ")))
}

// parseSet parses a list of members; "all" is all of them. They are printed in the
// order of their numbers.
func (o *queryOption) parseSet(value string) (string, error) {
	value = strings.Trim(value, `"`)
	var chosen []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item == "" || strings.EqualFold(value, "all") {
			continue
		}
		name, err := o.parseMember(item)
		if err != nil {
			return "", err
		}
		chosen = append(chosen, name)
	}
	var names []string
	for _, m := range o.members {
		if strings.EqualFold(value, "all") || slices.Contains(chosen, m.name) {
			names = append(names, m.name)
		}
	}
	return strings.Join(names, ","), nil
}
