package scenarios

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// checkTransport refuses settings of HTTP where HTTP is not spoken.
func (s Scenario) checkTransport() *InvalidError {
	t := s.Target
	if t.Protocol == ProtocolHS2HTTP {
		return t.checkPath()
	}
	useHTTP := []vocab.Fix{setTo("target.protocol", string(ProtocolHS2HTTP))}
	const msg = "needs HS2 over HTTP"
	return firstWrong([]claim{
		{t.HTTPPath != "", "target.http_path", msg, useHTTP},
		{len(t.HTTPHeaders) > 0, "target.http_headers", msg, useHTTP},
		{t.HTTPConnection != "", "target.http_connection", msg, useHTTP},
		{t.HTTPExpect, "target.http_expect", msg, useHTTP},
	})
}

// maxPath bounds a path: servers refuse longer ones.
const maxPath = 4096

// checkPath refuses what is more than a path, or cannot stand in a request as it is.
func (t Target) checkPath() *InvalidError {
	special := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	return firstWrong([]claim{
		{strings.Contains(t.HTTPPath, "://"), "target.http_path", "must be the path alone, without scheme and host, such as gateway/default/impala", nil},
		{strings.ContainsFunc(t.HTTPPath, special), "target.http_path", "has a character that must be written as %XX", nil},
		{strings.Contains(t.HTTPPath, "#"), "target.http_path", "must have no fragment", nil},
		{len(t.HTTPPath) > maxPath, "target.http_path", fmt.Sprintf("has more than %d bytes", maxPath), nil},
	})
}

// The most headers that a user can add, and the longest.
const (
	maxHeaders = 64
	maxHeader  = 8 << 10
)

// checkHeaders looks at each header of the user's.
func (t Target) checkHeaders() *InvalidError {
	if len(t.HTTPHeaders) > maxHeaders {
		return &InvalidError{Key: "target.http_headers", Msg: fmt.Sprintf("there are %d headers, and %d at most", len(t.HTTPHeaders), maxHeaders)}
	}
	for _, header := range t.HTTPHeaders {
		name, value, found := SplitHeader(header)
		invalid := func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }
		wrong := firstWrong([]claim{
			{!found || !isToken(name), "target.http_headers", usertext.Quote(header) + " is no header; write 'Name: value'", nil},
			{strings.ContainsFunc(value, invalid), "target.http_headers", name + " has a control character in its value", nil},
			{len(header) > maxHeader, "target.http_headers", fmt.Sprintf("%.100s has more than %d bytes", name, maxHeader), nil},
			{vocab.IsOwnHTTPField(name), "target.http_headers", name + " is written by the client itself; logins are settings of auth", nil},
		})
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// SplitHeader parts a header of target.http_headers; false where it is none.
func SplitHeader(header string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(header, ":")
	return name, strings.TrimSpace(value), ok && name != ""
}

// isToken reports whether name can be that of a header (RFC 9110, 5.6.2).
func isToken(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		alphanumeric := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !alphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}
