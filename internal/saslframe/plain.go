package saslframe

import (
	"bytes"
	"errors"
)

// The names of the mechanisms.
const (
	MechanismPlain  = "PLAIN"
	MechanismGSSAPI = "GSSAPI"
)

// ErrPlain is returned for a PLAIN response that does not have three fields, or
// has an empty user.
var ErrPlain = errors.New("saslframe: malformed PLAIN response")

// PlainResponse returns the client's message in mechanism PLAIN, with an empty
// authorization identity. PLAIN cannot represent a NUL byte in the arguments:
// ParsePlain rejects such a response.
func PlainResponse(user, password string) []byte {
	b := make([]byte, 0, len(user)+len(password)+2)
	b = append(b, 0)
	b = append(b, user...)
	b = append(b, 0)
	return append(b, password...)
}

// ParsePlain parses a PLAIN response. It fails with [ErrPlain], whose message has
// nothing of the response, if there are not exactly three fields or the user is
// empty. An empty authzid means the user.
func ParsePlain(response []byte) (authzid, user, password string, err error) {
	fields := bytes.Split(response, []byte{0})
	if len(fields) != 3 || len(fields[1]) == 0 {
		return "", "", "", ErrPlain
	}
	return string(fields[0]), string(fields[1]), string(fields[2]), nil
}
