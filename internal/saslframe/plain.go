package saslframe

import (
	"bytes"
	"errors"
)

// Plain is the name of the mechanism whose payload this package knows.
const Plain = "PLAIN"

// ErrPlain is a PLAIN response that is not three fields, or names no user.
var ErrPlain = errors.New("saslframe: malformed PLAIN response")

// PlainResponse is the client's one message in mechanism PLAIN, with an empty
// authorization identity. A NUL byte in either argument cannot be said in PLAIN
// and makes a response that ParsePlain refuses.
func PlainResponse(user, password string) []byte {
	b := make([]byte, 0, len(user)+len(password)+2)
	b = append(b, 0)
	b = append(b, user...)
	b = append(b, 0)
	return append(b, password...)
}

// ParsePlain takes a PLAIN response apart. It fails with [ErrPlain], whose text
// holds nothing of the response, where there are not exactly three fields or
// the user is empty. An empty authzid means the user itself.
func ParsePlain(response []byte) (authzid, user, password string, err error) {
	fields := bytes.Split(response, []byte{0})
	if len(fields) != 3 || len(fields[1]) == 0 {
		return "", "", "", ErrPlain
	}
	return string(fields[0]), string(fields[1]), string(fields[2]), nil
}
