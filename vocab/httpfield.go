package vocab

import "net/textproto"

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
