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

// checkPath refuses what is more than a path, or cannot stand in a request as it is.
func (t Target) checkPath() *InvalidError {
	return firstWrong([]claim{
		{strings.Contains(t.HTTPPath, "://"), "target.http_path", "must be the path alone, without scheme and host, such as gateway/default/impala", nil},
		{!vocab.IsVisibleASCII(t.HTTPPath), "target.http_path", "has a character that must be written as %XX", nil},
		{strings.Contains(t.HTTPPath, "#"), "target.http_path", "must have no fragment", nil},
		{len(t.HTTPPath) > vocab.MaxHTTPPath, "target.http_path", fmt.Sprintf("has more than %d bytes", vocab.MaxHTTPPath), nil},
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
	size := 0
	for _, header := range t.HTTPHeaders {
		size += len(header)
		name, value, found := SplitHeader(header)
		wrong := firstWrong([]claim{
			{!found || !vocab.IsHTTPFieldName(name), "target.http_headers", usertext.Quote(header) + " is no header; write 'Name: value'", nil},
			{!vocab.IsHTTPFieldValue(value), "target.http_headers", name + " has a control character in its value", nil},
			{len(header) > maxHeader, "target.http_headers", fmt.Sprintf("%.100s has more than %d bytes", name, maxHeader), nil},
			{vocab.IsOwnHTTPField(name), "target.http_headers", name + " is written by the client itself; logins are settings of auth", nil},
		})
		if wrong != nil {
			return wrong
		}
	}
	if size > vocab.MaxHTTPFields {
		return &InvalidError{Key: "target.http_headers", Msg: fmt.Sprintf("have more than %d bytes together", vocab.MaxHTTPFields)}
	}
	return nil
}

// SplitHeader parts a header of target.http_headers; false where it is none.
func SplitHeader(header string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(header, ":")
	return name, strings.TrimSpace(value), ok && name != ""
}
