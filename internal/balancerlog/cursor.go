package balancerlog

import (
	"bytes"
	"net/netip"
	"strings"
	"time"
)

// cursor reads a line from left to right. After the first failure it reads nothing more.
type cursor struct {
	line  []byte
	at    int
	wrong *SyntaxError
}

// fail notes that something else was expected at this byte.
func (c *cursor) fail(at int, want string) {
	if c.wrong == nil {
		c.wrong = &SyntaxError{Column: at + 1, Want: want}
	}
	c.at = len(c.line)
}

// err is nil where all of the line so far was as expected.
func (c *cursor) err() error {
	if c.wrong == nil {
		return nil
	}
	return c.wrong
}

// done reports whether the whole line was read.
func (c *cursor) done() bool { return c.at >= len(c.line) }

// until reads up to a byte, which it skips.
func (c *cursor) until(end byte, what string) []byte {
	if c.wrong != nil {
		return nil
	}
	i := bytes.IndexByte(c.line[c.at:], end)
	if i < 0 {
		c.fail(c.at, what)
		return nil
	}
	word := c.line[c.at : c.at+i]
	c.at += i + 1
	return word
}

// word reads up to the next space, or to the end.
func (c *cursor) word(what string) []byte {
	if c.wrong != nil || c.done() {
		c.fail(c.at, what)
		return nil
	}
	rest := c.line[c.at:]
	i := bytes.IndexByte(rest, ' ')
	if i < 0 {
		c.at = len(c.line)
		return rest
	}
	c.at += i + 1
	return rest[:i]
}

// skip reads a byte that must be there.
func (c *cursor) skip(b byte, what string) {
	if c.wrong != nil || c.done() || c.line[c.at] != b {
		c.fail(c.at, what)
		return
	}
	c.at++
}

// quoted reads a text in quotes, and the space behind it.
func (c *cursor) quoted(what string) []byte {
	c.skip('"', what)
	text := c.until('"', what)
	if c.wrong == nil && !c.done() {
		c.skip(' ', "a space")
	}
	return text
}

// endpoint reads a word that is an address and a port.
func (c *cursor) endpoint(what string) netip.AddrPort {
	at := c.at
	a, ok := parseEndpoint(c.word(what))
	if !ok {
		c.fail(at, what)
	}
	return a
}

// optional reads a word that is an address and a port, or anything else where there is
// none.
func (c *cursor) optional(what string) netip.AddrPort {
	a, _ := parseEndpoint(c.word(what))
	return a
}

// number reads a word that is a whole number of at most 18 digits.
func (c *cursor) number(what string) int64 {
	at := c.at
	n, ok := parseNumber(c.word(what))
	if !ok {
		c.fail(at, what)
	}
	return n
}

// stamp reads a word that is a time as RFC 3339 has it, in UTC, with or without Z.
func (c *cursor) stamp(what string) time.Time {
	at := c.at
	t, ok := parseStamp(c.word(what))
	if !ok {
		c.fail(at, what)
	}
	return t
}

// bracketed reads a text in square brackets, and the space behind it; at is where the text
// begins.
func (c *cursor) bracketed(what string) (text []byte, at int) {
	c.skip('[', what)
	at = c.at
	text = c.until(']', what)
	c.skip(' ', "a space")
	return text, at
}

// parseEndpoint reads "10.0.0.1:80", "[::1]:80" and, as HAProxy has it, "::1:80". An IPv4
// address within IPv6 becomes one of IPv4.
func parseEndpoint(b []byte) (netip.AddrPort, bool) {
	colon := bytes.LastIndexByte(b, ':')
	if colon < 1 || len(b) > 64 {
		return netip.AddrPort{}, false
	}
	port, ok := parseNumber(b[colon+1:])
	if !ok || port > 65535 {
		return netip.AddrPort{}, false
	}
	a, ok := parseAddress(b[:colon])
	return netip.AddrPortFrom(a, uint16(port)), ok
}

// parseAddress reads an address. IPv4 is read by hand, for a log has millions of them and
// netip's reader allocates.
func parseAddress(b []byte) (netip.Addr, bool) {
	if a, ok := parseIPv4(b); ok {
		return a, true
	}
	if bytes.IndexByte(b, ':') < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(strings.Trim(string(b), "[]"))
	return a.Unmap(), err == nil
}

// parseIPv4 reads four numbers with dots between them. Leading zeros are decimal: AWS pads
// addresses in names of files.
func parseIPv4(b []byte) (netip.Addr, bool) {
	var parts [4]byte
	n, digits, value := 0, 0, 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= '0' && b[i] <= '9' {
			value = value*10 + int(b[i]-'0')
			if digits++; digits > 3 || value > 255 {
				return netip.Addr{}, false
			}
			continue
		}
		if digits == 0 || n == 4 || i < len(b) && b[i] != '.' {
			return netip.Addr{}, false
		}
		parts[n] = byte(value)
		n, digits, value = n+1, 0, 0
	}
	return netip.AddrFrom4(parts), n == 4
}

// parseNumber reads a whole number of at most 18 digits.
func parseNumber(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, d := range b {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}

// parseDecimal reads seconds with a fraction, such as "0.00048" or "1795861554.960", as a
// duration. It refuses more than maxSeconds.
func parseDecimal(b []byte) (time.Duration, bool) {
	whole, fraction, _ := bytes.Cut(b, []byte("."))
	s, ok := parseNumber(whole)
	if !ok || s > maxSeconds {
		return 0, false
	}
	d := time.Duration(s) * time.Second
	unit := time.Second
	for _, digit := range fraction {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		unit /= 10
		d += time.Duration(digit-'0') * unit
	}
	return d, true
}

// maxSeconds is the greatest number of seconds, of a duration or since 1970, that is read:
// a time of the year 2200, within what a duration holds.
const maxSeconds = 230 * 365 * 24 * 3600
