package lbcheck

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// Options are what a run needs besides its scenario. The zero value is for a
// cluster without logins and without a certificate authority of its own.
type Options struct {
	Password    string         // of auth.user, where auth.mechanism is ldap
	Token       string         // a JWT or an OAuth token, where auth.mechanism is jwt
	WebPassword string         // of target.web_user
	Roots       *x509.CertPool // authorities to trust, those of tls.ca_cert; nil: the system's

	// Kerberos is who logs in where auth.mechanism is kerberos, and with what. A ticket
	// is fetched once for each host of a service, by the first session that needs it.
	Kerberos hs2client.KerberosLogin

	// ClientCertificate is what a listener that asks for one is shown, that of
	// tls.client_cert; nil: none.
	ClientCertificate *tls.Certificate

	// Memory bounds what the replies to all sessions take together, of all runs that share
	// it; nil: [ReplyMemory] bytes for the sessions of one run.
	Memory *hs2client.Memory

	// Run are the options of package run: the functions that are called with
	// sessions and events, and the one that executes watch.on_event. Pages nil is
	// [Options.Pages] of the scenario, Probe nil is [Options.Probe].
	Run run.Options
}

// ReplyMemory is what the replies to all sessions of a run may take together, in bytes,
// unless [Options.Memory] says otherwise.
const ReplyMemory = 256 << 20

// String shows no secret.
func (o Options) String() string { return "lbcheck.Options" }

// GoString is String.
func (o Options) GoString() string { return o.String() }

// check reports what the scenario names and the options lack.
func (o Options) check(s scenarios.Scenario) error {
	if (s.TLS.Enabled || s.Target.WebTLS) && s.TLS.CACert != "" && o.Roots == nil {
		return fmt.Errorf("tls.ca_cert names %s, and Options.Roots is nil: pass the authorities in it", s.TLS.CACert)
	}
	if s.TLS.Enabled && s.TLS.ClientCert != "" && o.ClientCertificate == nil {
		return fmt.Errorf("tls.client_cert names %s, and Options.ClientCertificate is nil: pass the certificate with its key in it", s.TLS.ClientCert)
	}
	if s.Audit.Balancer != "" && o.Run.Audit == nil {
		return errors.New("audit.balancer is set, and Options.Run.Audit is nil: the command smoke asks AWS, a library does not")
	}
	if !kindOf(s).noLogin {
		if err := o.checkLogin(s.Auth.Mechanism); err != nil {
			return err
		}
	}
	if s.Target.WebUser != "" && o.WebPassword == "" && o.Run.Pages == nil {
		return errors.New("target.web_user is set, and Options.WebPassword is empty")
	}
	return nil
}

// checkLogin reports what a login lacks.
func (o Options) checkLogin(m scenarios.Mechanism) error {
	switch {
	case m == scenarios.MechanismLDAP && o.Password == "":
		return errors.New("auth.mechanism is ldap, and Options.Password is empty")
	case m == scenarios.MechanismKerberos && o.Kerberos.Keytab == nil && o.Kerberos.CCache == nil && o.Kerberos.Password == "":
		return errors.New("auth.mechanism is kerberos, and Options.Kerberos has neither a keytab nor a credential cache nor a password")
	case m == scenarios.MechanismJWT && o.Token == "":
		return errors.New("auth.mechanism is jwt, and Options.Token is empty")
	}
	return nil
}
