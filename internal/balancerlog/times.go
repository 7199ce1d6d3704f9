package balancerlog

import "time"

// parseStamp reads "2015-05-13T23:39:43.945958Z", as RFC 3339 has it, in UTC, with a
// fraction or without, with Z or without.
func parseStamp(b []byte) (time.Time, bool) {
	if n := len(b); n > 0 && b[n-1] == 'Z' {
		b = b[:n-1]
	}
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10] != 'T' {
		return time.Time{}, false
	}
	year, ok1 := parseNumber(b[:4])
	month, ok2 := parseNumber(b[5:7])
	day, ok3 := parseNumber(b[8:10])
	clock, ok4 := parseClock(b[11:])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return time.Time{}, false
	}
	return dateOf(year, time.Month(month), day, clock)
}

// parseLocal reads "28/Nov/2026:10:15:37.713", as HAProxy has it. It names no zone, and is
// returned as if it were UTC.
func parseLocal(b []byte) (time.Time, bool) {
	if len(b) < 20 || b[2] != '/' || b[6] != '/' || b[11] != ':' {
		return time.Time{}, false
	}
	day, ok1 := parseNumber(b[:2])
	year, ok2 := parseNumber(b[7:11])
	clock, ok3 := parseClock(b[12:])
	month := months[string(b[3:6])]
	if !ok1 || !ok2 || !ok3 {
		return time.Time{}, false
	}
	return dateOf(year, month, day, clock)
}

var months = map[string]time.Month{
	"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}

// parseClock reads "10:15:37.713" as the time since midnight.
func parseClock(b []byte) (time.Duration, bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return 0, false
	}
	hours, ok1 := parseNumber(b[:2])
	minutes, ok2 := parseNumber(b[3:5])
	seconds, ok3 := parseDecimal(b[6:])
	if !ok1 || !ok2 || !ok3 || hours > 23 || minutes > 59 || seconds >= 61*time.Second {
		return 0, false
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + seconds, true
}

// dateOf is a time of a day that exists, from 1970 to 2199.
func dateOf(year int64, month time.Month, day int64, clock time.Duration) (time.Time, bool) {
	if year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	t := time.Date(int(year), month, int(day), 0, 0, 0, 0, time.UTC)
	return t.Add(clock), t.Day() == int(day)
}

// parseUnix reads seconds since 1970, with a fraction or without.
func parseUnix(b []byte) (time.Time, bool) {
	d, ok := parseDecimal(b)
	return time.Unix(0, int64(d)).UTC(), ok
}
