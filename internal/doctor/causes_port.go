package doctor

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// limitCauses are of connections that ended after a silence.
var limitCauses = []Cause{{
	ID: "time-limit", Title: "Something on the way closes connections that wait",
	Users:   []string{"`TSocket read 0 bytes`, always after the same number of seconds"},
	Command: "idle HOST --idle-steps 30s,60s,350s",
	Index:   "Connections break after a pause, always of the same length",
	fits:    func(e evidence) bool { return e.limit != "" },
	sample:  failed(Failure{Class: vocab.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindEOF}, Waited: 60 * time.Second}, hs2client.Heard{}, hs2client.Config{}),
}}

// reachCauses are of connections that were never made.
var reachCauses = []Cause{{
	ID: "name-unknown", Title: "The name does not resolve, or to no address that can be dialled from here",
	Users:   []string{"`Name or service not known`", "`UnknownHostException`"},
	Command: "doctor HOST",
	fits:    of(vocab.KindNotFound, vocab.KindNoAddress, vocab.KindEndpoint),
	sample:  sampleOf(vocab.PhaseResolve, vocab.KindNotFound),
}, {
	ID: "port-closed", Title: "Nothing listens on the port",
	Users:   []string{"`Connection refused`", "impala-shell on 21000 after an upgrade: Beeswax is closed by default in new versions"},
	Command: "doctor HOST",
	Index:   "`Connection refused`, or impala-shell fails on 21000 since an upgrade",
	fits:    of(vocab.KindRefused),
	sample:  sampleOf(vocab.PhaseTCP, vocab.KindRefused),
}, {
	ID: "no-answer", Title: "Packets to the port get no answer",
	Users:   []string{"`timed out` after half a minute or more, without an error before"},
	Command: "doctor HOST",
	Index:   "Connections time out",
	fits:    in(vocab.PhaseTCP, vocab.KindTimeout),
	sample:  sampleOf(vocab.PhaseTCP, vocab.KindTimeout),
}, {
	ID: "unreachable", Title: "There is no route to the address, or a firewall rejects the connection",
	Users:   []string{"`No route to host`"},
	Command: "doctor HOST",
	fits:    of(vocab.KindUnreachable),
	sample:  sampleOf(vocab.PhaseTCP, vocab.KindUnreachable),
}, {
	ID: "reset-on-connect", Title: "The connection is reset as soon as it is made",
	Users:   []string{"`Connection reset by peer`"},
	Command: "doctor HOST",
	fits:    in(vocab.PhaseTCP, vocab.KindReset),
	sample:  sampleOf(vocab.PhaseTCP, vocab.KindReset),
}, {
	ID: "this-machine", Title: "This machine has no file descriptor or no local port left",
	Users:   []string{"`Too many open files`", "`Cannot assign requested address`"},
	Command: "doctor HOST",
	fits:    func(e evidence) bool { return e.class.IsLocal() },
	sample:  sampleOf(vocab.PhaseTCP, vocab.KindLocalFiles),
}}

// foreignCauses are of ports on which something else is.
var foreignCauses = []Cause{{
	ID: "proxy-header-wanted", Title: "The listener expects a PROXY header, which Impala's clients do not send",
	Users:   []string{"`TSocket read 0 bytes` at once, for every client"},
	Command: "doctor HOST",
	fits:    probed(func(h hs2client.Heard, _ hs2client.Config) bool { return h.WantsProxy }),
	sample:  evidence{heard: hs2client.Heard{What: vocab.HeardSASL, WantsProxy: true}},
}, {
	ID: "proxy-header", Title: "The answer begins with a PROXY header",
	Users:   []string{"`invalid sasl status`", "every connection dies since \"preserve client addresses\" was turned on"},
	Command: "doctor HOST",
	fits:    either(of(vocab.KindProxyHeader), probed(func(h hs2client.Heard, _ hs2client.Config) bool { return h.What == vocab.HeardProxy })),
	sample:  evidence{heard: hs2client.Heard{What: vocab.HeardProxy}},
}, {
	ID: "http-on-binary-port", Title: "The port answers in HTTP, and the client speaks the binary protocol",
	Users:   []string{"`TSocket read 0 bytes`", "the client hangs"},
	Command: "doctor HOST --protocol hs2",
	fits: func(e evidence) bool {
		heard := of(vocab.KindHTTP)(e) || e.class.IsZero() && overHTTP(e.heard)
		return heard && e.session.Protocol != vocab.ProtocolHS2HTTP
	},
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardHTTP}},
}, {
	ID: "binary-on-http-port", Title: "The port speaks the binary protocol, and the client HTTP",
	Users:   []string{"the client hangs: Impala reads `POST` as a length"},
	Command: "doctor HOST",
	fits: probed(func(h hs2client.Heard, c hs2client.Config) bool {
		return (h.What == vocab.HeardThrift || h.What == vocab.HeardSASL) && c.Protocol == vocab.ProtocolHS2HTTP
	}),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardThrift}, session: hs2client.Config{Protocol: vocab.ProtocolHS2HTTP}},
}, {
	ID: "other-server", Title: "Something that is not Impala answers on the port",
	Users:   []string{"`invalid sasl status`", "`Bad version in readMessageBegin`", "the client hangs"},
	Command: "doctor HOST",
	fits: either(of(vocab.KindOtherServer), probed(func(h hs2client.Heard, _ hs2client.Config) bool {
		return h.What.Kind() == vocab.KindOtherServer || h.What == vocab.HeardUnknown
	})),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardSSH}},
}, {
	ID: "not-impala", Title: "The answer has the right form, and is not what Impala says",
	Users:   []string{"`TApplicationException`", "`Expected protocol id`", "a web page in an error"},
	Command: "doctor HOST",
	fits:    in(vocab.PhaseOpen, vocab.KindGarbage, vocab.KindOversize, vocab.KindMismatch, vocab.KindVersion),
	sample:  sampleOf(vocab.PhaseOpen, vocab.KindGarbage),
}, {
	ID: "client-certificate-asked", Title: "The listener asks for a client certificate, gets none, and closes the connection without a word",
	Users:   []string{"`TSocket read 0 bytes`, with TLS 1.3"},
	Command: "doctor HOST --client-cert CERT --client-key KEY",
	fits:    probed(func(h hs2client.Heard, _ hs2client.Config) bool { return h.ClosedWithoutCert() }),
	sample:  evidence{heard: hs2client.Heard{What: vocab.HeardTLS, Connections: 7, Ended: vocab.KindEOF, WantsCert: true}, session: login(true)},
}, {
	ID: "closed-at-once", Title: "The port accepts connections and closes them before anything is said",
	Users:   []string{"`TSocket read 0 bytes` at once"},
	Command: "doctor HOST",
	Index:   "`TSocket read 0 bytes`, at once",
	fits:    probed(func(h hs2client.Heard, _ hs2client.Config) bool { return silent(h) && h.Unasked }),
	sample:  evidence{heard: hs2client.Heard{Connections: 4, Ended: vocab.KindEOF, Unasked: true}},
}, {
	ID: "closed-when-asked", Title: "The port closes every connection on which something is said",
	Users:   []string{"`TSocket read 0 bytes`"},
	Command: "doctor HOST",
	fits:    probed(func(h hs2client.Heard, _ hs2client.Config) bool { return silent(h) && h.Ended != vocab.KindTimeout }),
	sample:  evidence{heard: hs2client.Heard{Connections: 7, Ended: vocab.KindEOF}},
}, {
	ID: "mute", Title: "The port accepts connections and never says anything",
	Users:   []string{"logins hang for everybody, and the port is open", "impala-shell waits for a minute (--client_connect_timeout_ms)"},
	Command: "capacity HOST --until-full",
	Index:   "Logins hang for everybody, and the port is open",
	fits:    probed(func(h hs2client.Heard, _ hs2client.Config) bool { return silent(h) }),
	sample:  evidence{heard: hs2client.Heard{Connections: 4, Ended: vocab.KindTimeout}},
}}

// silent reports whether connections were made and nothing was heard.
func silent(h hs2client.Heard) bool { return h.What == vocab.HeardNothing && h.Connections > 0 }

// connectionCauses are of sides that connect in different ways.
var connectionCauses = []Cause{{
	ID: "needs-tls", Title: "The port speaks TLS, and the client does not",
	Users:   []string{"`TSocket read 0 bytes`", "impala-shell without --ssl hangs or is closed"},
	Command: "doctor HOST --tls=false",
	fits: either(of(vocab.KindNeedsTLS), probed(func(h hs2client.Heard, c hs2client.Config) bool {
		return spoken(h) && c.TLS == nil
	})),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardThrift, Within: true}},
}, {
	ID: "not-tls", Title: "The client speaks TLS, and the port does not",
	Users:   []string{"impala-shell with --ssl hangs: Impala reads the handshake as a length", "`WRONG_VERSION_NUMBER`", "`Unsupported or unrecognized SSL message`"},
	Command: "doctor HOST --tls",
	Index:   "The client hangs since TLS was turned on",
	fits: either(of(vocab.KindNotTLS, vocab.KindHTTP), probed(func(h hs2client.Heard, c hs2client.Config) bool {
		return !spoken(h) && h.What != vocab.HeardNothing && c.TLS != nil
	})),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardThrift}, session: hs2client.Config{TLS: &hs2client.TLSConfig{}}},
}, {
	ID: "login-needed", Title: "The port asks for a login, and the client makes none",
	Users:   []string{"`TSocket read 0 bytes`", "`invalid sasl status` in the coordinator's log", "`401 Unauthorized` over HTTP"},
	Command: "doctor HOST --auth none",
	Index:   "`invalid sasl status` in a log",
	fits: either(of(vocab.KindNeedsSASL), anonymous, probed(func(h hs2client.Heard, c hs2client.Config) bool {
		return h.What == vocab.HeardSASL && !logsIn(c)
	})),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardSASL}},
}, {
	ID: "no-login", Title: "The client logs in, and the port asks for no login",
	Users:   []string{"the client hangs: Impala reads the login as a length", "`Read timed out` in JDBC without auth=noSasl"},
	Command: "doctor HOST --auth ldap --user USER",
	fits: probed(func(h hs2client.Heard, c hs2client.Config) bool {
		return h.What == vocab.HeardThrift && logsIn(c)
	}),
	sample: evidence{heard: hs2client.Heard{What: vocab.HeardThrift}, session: login(false)},
}, {
	ID: "other-protocol", Title: "The port speaks Thrift, but another protocol than the client: HiveServer2 for Beeswax, or the reverse",
	Users:   []string{"`Invalid method name`"},
	Command: "doctor HOST --protocol hs2",
	fits:    in(vocab.PhaseOpen, vocab.KindUnsupported),
	sample:  sampleOf(vocab.PhaseOpen, vocab.KindUnsupported),
}, {
	ID: "mechanism", Title: "The coordinator does not offer this login",
	Users:   []string{"`Unsupported mechanism type PLAIN`", "`Bad status: 3`"},
	Command: "doctor HOST",
	fits:    of(vocab.KindMechanism),
	sample:  sampleOf(vocab.PhaseSASL, vocab.KindMechanism),
}}

// anonymous fits an HTTP server that refuses a session without credentials.
func anonymous(e evidence) bool {
	return e.class.Phase == vocab.PhaseSASL && !logsIn(e.session) && !e.class.IsZero() &&
		of(vocab.KindRejected, vocab.KindNoCredentials)(e)
}
