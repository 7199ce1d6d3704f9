package simcluster

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// loginTimeout limits the time for a login (--sasl_connect_tcp_timeout_ms).
const loginTimeout = 5 * time.Minute

// maxLoginMessage is the maximum length of a login message.
const maxLoginMessage = 64 << 10

// errRejected is a rejected login. Like Impala it has no reason.
var errRejected = errors.New("login rejected")

// authenticate runs the server side of Thrift's SASL handshake with mechanism PLAIN or
// GSSAPI and returns the user. As in Impala there is no reply to a wrong password
// (be/src/transport/TSaslServerTransport.cpp); the caller closes the connection.
func (c *coordinator) authenticate(l *link, in *bufio.Reader) (string, error) {
	l.tcp.SetReadDeadline(time.Now().Add(loginTimeout))
	defer l.tcp.SetReadDeadline(time.Time{})
	status, mechanism, err := saslframe.ReadMessage(in, maxLoginMessage)
	if err != nil {
		return "", err // a first byte above 5 is not SASL: no reply
	}
	if status == saslframe.StatusBad || status == saslframe.StatusError {
		return "", errRejected // a client that gives up gets no reply
	}
	if status != saslframe.StatusStart {
		return "", rejectLogin(l, saslframe.StatusError, fmt.Sprintf("Expecting START status, received %d", status))
	}
	switch {
	case string(mechanism) == saslframe.MechanismGSSAPI && c.config.Auth.has(AuthKerberos):
		return c.authenticateGSSAPI(l, in)
	case string(mechanism) != saslframe.MechanismPlain || !c.config.Auth.has(AuthLDAP):
		return "", rejectLogin(l, saslframe.StatusBad, "Unsupported mechanism type "+string(mechanism[:min(len(mechanism), 64)]))
	}
	status, response, err := saslframe.ReadMessage(in, maxLoginMessage)
	if err != nil {
		return "", err
	}
	if status != saslframe.StatusOK && status != saslframe.StatusComplete {
		return "", errRejected
	}
	c.logins.Add(1)
	authorized, user, password, err := saslframe.ParsePlain(response)
	if err != nil {
		return "", err
	}
	user = strings.TrimSpace(user)
	if !c.acceptsPassword(user, password) {
		c.rejected.Add(1)
		c.config.Log.Info("login rejected", "coordinator", c.name, "user", user)
		return "", errRejected
	}
	setDefault(&authorized, user) // the name whose rights were asked for is the connection's user
	_, err = l.Write(saslframe.AppendMessage(nil, saslframe.StatusComplete, nil))
	return authorized, err
}

// acceptsPassword reports whether a user of AuthLDAP has this password.
func (c *coordinator) acceptsPassword(user, password string) bool {
	want, known := c.config.Users[user]
	return known && want == password && !c.plan.authReject
}

// rejectLogin replies with a status and a reason.
func rejectLogin(l *link, s saslframe.Status, reason string) error {
	if _, err := l.Write(saslframe.AppendMessage(nil, s, []byte(reason))); err != nil {
		return err
	}
	return errRejected
}
