package simcluster

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// acceptors accept Kerberos tickets for one coordinator.
type acceptors struct {
	sasl *gss.Acceptor // on the binary ports: for Config.Principal alone
	http *gss.Acceptor // over HTTP: for any principal of the keytab
}

// parseKeytab reads Config.Keytab and returns Config.Principal, or the keytab's first one.
// The error is a *[ConfigError].
func (c Config) parseKeytab() (keytab.Table, string, error) {
	keys, err := keytab.Parse(c.Keytab)
	switch {
	case err != nil:
		return nil, "", &ConfigError{Field: "Keytab", Reason: err.Error()}
	case len(keys) == 0:
		return nil, "", &ConfigError{Field: "Keytab", Reason: "it has no keys"}
	case c.Principal == "":
		return keys, keys[0].Principal(), nil
	case !slices.Contains(keys.Principals(), c.Principal):
		reason := fmt.Sprintf("%.200q is not in the keytab, which has %.200s", c.Principal, strings.Join(keys.Principals(), ", "))
		return nil, "", &ConfigError{Field: "Principal", Reason: reason}
	}
	return keys, c.Principal, nil
}

// newAcceptors returns the acceptors of a coordinator that behaves as p says.
func newAcceptors(keys keytab.Table, principal string, p coordinatorPlan) acceptors {
	if p.wrongKeytab {
		keys = otherKeys(keys)
	}
	now := func() time.Time { return time.Now().Add(p.skew) }
	return acceptors{
		sasl: &gss.Acceptor{Keys: keys, Service: principal, Subkey: true, Now: now},
		http: &gss.Acceptor{Keys: keys, Subkey: true, Now: now},
	}
}

// otherKeys returns a keytab with the same entries and other keys, as of a coordinator
// that missed a change of them.
func otherKeys(keys keytab.Table) keytab.Table {
	keys = slices.Clone(keys)
	for i, e := range keys {
		keys[i].Key = make([]byte, len(e.Key))
		rand.Read(keys[i].Key)
	}
	return keys
}

// acceptTicket checks a client's first token.
func (c *coordinator) acceptTicket(by *gss.Acceptor, token []byte) (*gss.Accepted, error) {
	login, err := by.Accept(token)
	if err == nil && c.plan.authReject {
		err = errRejected
	}
	if err != nil {
		c.config.Log.Info("ticket rejected", "coordinator", c.name, "err", err)
	}
	return login, err
}

// authenticateGSSAPI runs the steps of SASL GSSAPI after START and returns the client's
// principal. Impala protects nothing after the login, and answers no failure.
func (c *coordinator) authenticateGSSAPI(l *link, in *bufio.Reader) (string, error) {
	token, err := readResponse(in)
	if err != nil {
		return "", err
	}
	c.logins.Add(1)
	user, err := c.gssapiSteps(l, in, token)
	if errors.Is(err, errRejected) {
		c.rejected.Add(1)
	}
	return user, err
}

// gssapiSteps answers the ticket, offers no protection and checks the client's choice.
func (c *coordinator) gssapiSteps(l *link, in *bufio.Reader, token []byte) (string, error) {
	login, err := c.acceptTicket(c.acceptors.sasl, token)
	if err != nil {
		return "", errRejected
	}
	if err := answerStep(l, saslframe.StatusOK, login.Reply); err != nil {
		return "", err
	}
	if _, err := readResponse(in); err != nil { // empty
		return "", err
	}
	offer, err := login.Offer(gss.QOPAuth, 0)
	if err != nil {
		return "", errRejected
	}
	if err := answerStep(l, saslframe.StatusOK, offer); err != nil {
		return "", err
	}
	choice, err := readResponse(in)
	if err != nil {
		return "", err
	}
	layer, err := login.Choose(choice, gss.QOPAuth)
	if err != nil || layer.AuthzID != "" && layer.AuthzID != login.Client {
		return "", errRejected
	}
	return login.Client, answerStep(l, saslframe.StatusComplete, nil)
}

// readResponse reads the client's next message of a login that is going on.
func readResponse(in *bufio.Reader) ([]byte, error) {
	status, response, err := saslframe.ReadMessage(in, maxLoginMessage)
	if err == nil && status != saslframe.StatusOK && status != saslframe.StatusComplete {
		err = errRejected
	}
	return response, err
}

func answerStep(l *link, s saslframe.Status, token []byte) error {
	_, err := l.Write(saslframe.AppendMessage(nil, s, token))
	return err
}

// negotiateLogin checks a Kerberos token, in base64; "" where none came. As in Impala
// there is one step only, a colon before the token is accepted, and a token that is
// refused gets no challenge.
func (c *coordinator) negotiateLogin(l *httpLogin, encoded string) {
	if encoded == "" {
		l.challenge("Negotiate")
		return
	}
	token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(encoded, ": ")))
	if err != nil {
		return
	}
	login, err := c.acceptTicket(c.acceptors.http, token)
	if err != nil {
		return
	}
	if len(login.Reply) > 0 {
		l.challenge("Negotiate " + base64.StdEncoding.EncodeToString(login.Reply))
	}
	c.accept(l, login.Client, "SPNEGO")
}
