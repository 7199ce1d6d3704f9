package vocab

import (
	"net/textproto"
	"strings"
)

// DefaultHTTPPath is the path of requests where no other is set, that of Impala's and
// Hive's own clients.
const DefaultHTTPPath = "cliservice"

// Bounds of what is sent with every request, in bytes: servers refuse more.
const (
	MaxHTTPPath   = 4 << 10  // of the path with its query
	MaxHTTPFields = 32 << 10 // of all further header fields, names and values
)

// ownHTTPFields are the header fields that HTTP, the login or the protocol need as the
// client writes them.
var ownHTTPFields = map[string]bool{
	"Host": true, "Authorization": true, "Cookie": true, "Content-Length": true, "Transfer-Encoding": true, "Connection": true,
	"Content-Type": true, "Content-Encoding": true, "Accept": true, "Accept-Encoding": true, "Expect": true, "Te": true, "Trailer": true,
	"Upgrade": true, "Keep-Alive": true, "Proxy-Connection": true, "Proxy-Authorization": true,
}

// IsOwnHTTPField reports whether a header field is written by the client itself, so that
// nobody else can set it. Case does not matter.
func IsOwnHTTPField(name string) bool {
	return ownHTTPFields[textproto.CanonicalMIMEHeaderKey(name)]
}

// IsHTTPFieldName reports whether a text may be the name of a header field (RFC 9110,
// section 5.6.2).
func IsHTTPFieldName(name string) bool {
	return name != "" && IsVisibleASCII(name) && !strings.ContainsAny(name, `()<>@,;:\"/[]?={}`)
}

// IsHTTPFieldValue reports whether a text may be the value of a header field: it has no
// line break and no other control character.
func IsHTTPFieldValue(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// IsVisibleASCII reports whether a text has no blank, no control character and nothing
// beyond ASCII, as a path, a host or a token as HTTP has it.
func IsVisibleASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
