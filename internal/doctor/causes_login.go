package doctor

import (
	"errors"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// settingCauses are of sessions that were not tried.
var settingCauses = []Cause{{
	ID: "in-clear", Title: "The password or the token would go over the network in clear",
	Users:   []string{"impala-shell asks for --auth_creds_ok_in_clear"},
	Command: "doctor HOST --auth ldap --user USER",
	fits:    in(vocab.PhaseScenario, vocab.KindInvalid),
	sample:  inClear(),
}}

// inClear is a login with a password over a port without TLS.
func inClear() evidence {
	s := scenarios.Default()
	s.Target.Endpoints = []string{"impala.example.com"}
	s.Auth.Mechanism, s.Auth.User = scenarios.MechanismLDAP, "user"
	return failed(*ruledOutBy(s.Validate()), hs2client.Heard{}, hs2client.Config{})
}

// ruledOutBy is the failure of a session that its settings rule out.
func ruledOutBy(err error) *Failure {
	f := &Failure{Class: vocab.Class{Phase: vocab.PhaseScenario, Kind: vocab.KindInvalid}, Text: err.Error()}
	if invalid, ok := errors.AsType[*scenarios.InvalidError](err); ok {
		f.Text, f.Fix = invalid.Msg, invalid.Fix
	}
	return f
}

// loginCauses are of a login that the server asked for, and did not take.
var loginCauses = []Cause{{
	ID: "rejected", Title: "The user, the password or the token was refused",
	Users:   []string{"`TSocket read 0 bytes` (Impala closes the connection without a word)", "`401 Unauthorized` over HTTP", "`Error validating LDAP user`"},
	Command: "doctor HOST --auth ldap --user USER",
	Index:   "The password is right, and the login is refused",
	fits:    of(vocab.KindRejected),
	sample:  sampleOf(vocab.PhaseSASL, vocab.KindRejected),
}, {
	ID: "unauthorized", Title: "The user is known and may not do that",
	Users:   []string{"`403 Forbidden`", "`is not authorized to delegate`"},
	Command: "doctor HOST",
	fits:    of(vocab.KindUnauthorized),
	sample:  overHTTPOf(vocab.PhaseSASL, vocab.KindUnauthorized),
}, {
	ID: "login-hangs", Title: "The login gets no answer",
	Users:   []string{"logins hang for minutes, and some get in"},
	Command: "capacity HOST --until-full",
	fits:    in(vocab.PhaseSASL, vocab.KindTimeout),
	sample:  evidence{class: vocab.Class{Phase: vocab.PhaseSASL, Kind: vocab.KindTimeout}, heard: hs2client.Heard{What: vocab.HeardSASL}, session: login(false)},
}, {
	ID: "login-cut", Title: "The connection ends in the middle of the login",
	Users:   []string{"`TSocket read 0 bytes`, now and then"},
	Command: "smoke HOST",
	fits:    in(vocab.PhaseSASL, vocab.KindEOF, vocab.KindReset, vocab.KindGarbage, vocab.KindOversize, vocab.KindMismatch),
	sample:  sampleOf(vocab.PhaseSASL, vocab.KindEOF),
}}

// kerberosCauses are of tickets, the servers that issue them, and what the service makes
// of them.
var kerberosCauses = []Cause{
	ofKerberos("no-ticket", "There is no Kerberos ticket to log in with", vocab.KindNoTicket, "`no valid kerberos ticket found`", "`No Kerberos credentials available`", "`GSS initiate failed`"),
	ofKerberos("ticket-expired", "The Kerberos ticket has expired", vocab.KindTicketExpired, "`Ticket expired`"),
	ofKerberos("clock-skew", "The clocks are too far apart for Kerberos", vocab.KindClockSkew, "`Clock skew too great`"),
	ofKerberos("unknown-service", "The Kerberos server does not know the service that the session is for", vocab.KindUnknownService,
		"`Server not found in Kerberos database`", "works with one coordinator's name, and not with the balancer's"),
	ofKerberos("unknown-client", "The Kerberos server does not know who logs in", vocab.KindUnknownClient, "`Client not found in Kerberos database`"),
	ofKerberos("kdc-unreachable", "No Kerberos server of the realm answers", vocab.KindKDCUnreachable, "`Cannot contact any KDC for realm`"),
	ofKerberos("wrong-realm", "The realm is not the one of the service", vocab.KindWrongRealm, "`Cannot find KDC for realm`"),
	ofKerberos("no-common-encryption", "Client, Kerberos server and service have no encryption type in common", vocab.KindNoEncryption, "`KDC has no support for encryption type`"),
	ofKerberos("server-proof", "The server did not prove that it holds the key of the service", vocab.KindServerProof, "`Mutual authentication failed`"),
	ofKerberos("protection", "The two sides do not agree on how messages are protected (QOP)", vocab.KindProtection, "`No common protection layer between client and server`"),
}

// ofKerberos is a cause with a kind of its own.
func ofKerberos(id, title string, kind vocab.Kind, users ...string) Cause {
	return Cause{
		ID: id, Title: title, Users: users, Command: "doctor HOST",
		fits: of(kind), sample: sampleOf(vocab.PhaseSASL, kind),
	}
}

// httpCauses are of what stands between an HTTP client and Impala.
var httpCauses = []Cause{
	ofHTTP("no-credentials", "The server says that no credentials came: a proxy on the way drops them, or another login is asked for", vocab.PhaseSASL, vocab.KindNoCredentials, "`401 Unauthorized` with the right password"),
	ofHTTP("no-path", "HTTP answers that the path does not exist", vocab.PhaseOpen, vocab.KindNoPath, "`404 Not Found`"),
	ofHTTP("redirect", "HTTP sends the client elsewhere, such as to a login page", vocab.PhaseOpen, vocab.KindRedirect, "`302 Found`", "`HTTP Response code: 302`"),
	ofHTTP("unavailable", "HTTP answers that the service is not available", vocab.PhaseOpen, vocab.KindUnavailable, "`503 Service Unavailable`"),
	ofHTTP("http-status", "HTTP answers with an error", vocab.PhaseOpen, vocab.KindHTTPStatus, "`502 Bad Gateway`"),
	ofHTTP("foreign-handle", "Calls of one session reach different coordinators", vocab.PhaseExecute, vocab.KindForeignHandle, "`Invalid session id`", "`Invalid or unknown query handle`", "`Invalid SessionHandle`", "`Results have expired` in Hue"),
}

// ofHTTP is a cause with a kind of its own.
func ofHTTP(id, title string, phase vocab.Phase, kind vocab.Kind, users ...string) Cause {
	command := "doctor HOST"
	if kind == vocab.KindForeignHandle {
		command = "handle-reuse HOST --protocol hs2-http"
	}
	return Cause{ID: id, Title: title, Users: users, Command: command, fits: of(kind), sample: overHTTPOf(phase, kind)}
}

// overHTTPOf is the evidence of a class in a session over HTTP.
func overHTTPOf(phase vocab.Phase, kind vocab.Kind) evidence {
	e := sampleOf(phase, kind)
	e.session.Protocol = vocab.ProtocolHS2HTTP
	return e
}

// sessionCauses are of coordinators that were reached and do not open a session.
var sessionCauses = []Cause{{
	ID: "shutting-down", Title: "A coordinator is being shut down, and the balancer still sends it sessions",
	Users:   []string{"`Server is being shut down`"},
	Command: "watch HOST",
	Index:   "`Server is being shut down`, now and then",
	fits:    of(vocab.KindShuttingDown),
	sample:  sampleOf(vocab.PhaseOpen, vocab.KindShuttingDown),
}, {
	ID: "session-limit", Title: "The user has all the sessions that a coordinator allows",
	Users:   []string{"`exceeds coordinator limit`"},
	Command: "doctor HOST",
	fits:    of(vocab.KindSessionLimit),
	sample:  sampleOf(vocab.PhaseOpen, vocab.KindSessionLimit),
}, {
	ID: "lost-session", Title: "The coordinator does not know the session",
	Users:   []string{"`Invalid session id`", "`Invalid or unknown query handle`", "`Invalid SessionHandle`"},
	Command: "handle-reuse HOST",
	Index:   "Hue says `Results have expired` or `Invalid session id`",
	fits:    of(vocab.KindInvalidSession, vocab.KindInvalidHandle),
	sample:  sampleOf(vocab.PhaseExecute, vocab.KindInvalidSession),
}, {
	ID: "session-hangs", Title: "The coordinator takes the connection, and opens no session",
	Users:   []string{"logins hang when many users are on"},
	Command: "capacity HOST --until-full",
	Index:   "Logins hang when many users are on",
	fits:    in(vocab.PhaseOpen, vocab.KindTimeout),
	sample:  sampleOf(vocab.PhaseOpen, vocab.KindTimeout),
}, {
	ID: "session-cut", Title: "The connection ends before the session is open",
	Users:   []string{"`TSocket read 0 bytes`"},
	Command: "smoke HOST",
	fits:    in(vocab.PhaseOpen, vocab.KindEOF, vocab.KindReset),
	sample:  evidence{class: vocab.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindEOF}},
}}

// restCauses fit all that is left.
var restCauses = []Cause{{
	ID: "other", Title: "Something else failed",
	Command: "doctor HOST",
	fits:    func(evidence) bool { return true },
}}
