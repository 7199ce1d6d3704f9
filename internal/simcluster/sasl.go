package simcluster

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// loginTimeout is the longest pause of a client that logs in
// (--sasl_connect_tcp_timeout_ms).
const loginTimeout = 5 * time.Minute

// maxLoginMessage bounds a login message: PLAIN carries two names and a password.
const maxLoginMessage = 64 << 10

// errRejected is a login that was refused, without a reason: Impala gives none.
var errRejected = errors.New("simcluster: login refused")

// authenticate is the server's side of Thrift's SASL handshake with mechanism PLAIN,
// and returns the user. A wrong password is answered by silence, as in Impala
// (be/src/transport/TSaslServerTransport.cpp); the caller closes.
func (c *coordinator) authenticate(l *link, in *bufio.Reader) (string, error) {
	l.tcp.SetReadDeadline(time.Now().Add(loginTimeout))
	defer l.tcp.SetReadDeadline(time.Time{})
	status, mechanism, err := saslframe.ReadMessage(in, maxLoginMessage)
	if err != nil {
		return "", err // a first byte above 5 is no SASL: silence
	}
	if status != saslframe.Start {
		return "", rejectLogin(l, saslframe.Error, fmt.Sprintf("Expecting START status, received %d", status))
	}
	if string(mechanism) != saslframe.Plain {
		return "", rejectLogin(l, saslframe.Bad, "Unsupported mechanism type "+string(mechanism[:min(len(mechanism), 64)]))
	}
	status, response, err := saslframe.ReadMessage(in, maxLoginMessage)
	if err != nil {
		return "", err
	}
	if status != saslframe.OK && status != saslframe.Complete {
		return "", errRejected
	}
	c.logins.Add(1)
	_, user, password, err := saslframe.ParsePlain(response)
	if err != nil {
		return "", err
	}
	if want, known := c.config.Users[user]; !known || want != password || c.plan.authReject {
		c.rejected.Add(1)
		c.config.Log.Info("login refused", "coordinator", c.name, "user", user)
		return "", errRejected
	}
	_, err = l.Write(saslframe.AppendMessage(nil, saslframe.Complete, nil))
	return user, err
}

// rejectLogin says why in the handshake's own words.
func rejectLogin(l *link, s saslframe.Status, why string) error {
	if _, err := l.Write(saslframe.AppendMessage(nil, s, []byte(why))); err != nil {
		return err
	}
	return errRejected
}
