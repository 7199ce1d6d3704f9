package vocab

// Heard is what speaks on a port, as far as its first words show. The zero value is
// nothing that was recognised. One of another version of this module is kept.
type Heard string

// What may be heard where a session was expected.
const (
	HeardNothing    Heard = ""
	HeardThrift     Heard = "thrift" // without a login
	HeardSASL       Heard = "sasl"
	HeardTLS        Heard = "tls"
	HeardHTTP       Heard = "http"
	HeardHTTP2      Heard = "http2"
	HeardProxy      Heard = "proxy-header"
	HeardSSH        Heard = "ssh"
	HeardMySQL      Heard = "mysql"
	HeardPostgreSQL Heard = "postgresql"
	HeardSMTP       Heard = "smtp" // or FTP: both greet alike
	HeardIMAP       Heard = "imap"
	HeardPOP3       Heard = "pop3"
	HeardRedis      Heard = "redis"
	HeardVNC        Heard = "vnc"
	HeardAMQP       Heard = "amqp"
	HeardUnknown    Heard = "unknown" // something was heard
)

// heard says who speaks so, and of what kind an answer of theirs is.
var heard = map[Heard]struct {
	who  string
	kind Kind
}{
	HeardNothing:    {"nothing that can be recognised", KindGarbage},
	HeardThrift:     {"a Thrift server without a login", KindMismatch},
	HeardSASL:       {"a server that asks for a login (SASL)", KindNeedsSASL},
	HeardTLS:        {"a TLS server", KindNeedsTLS},
	HeardHTTP:       {"an HTTP server", KindHTTP},
	HeardHTTP2:      {"an HTTP/2 server", KindHTTP},
	HeardProxy:      {"a header of the PROXY protocol", KindProxyHeader},
	HeardSSH:        {"an SSH server", KindOtherServer},
	HeardMySQL:      {"a MySQL server", KindOtherServer},
	HeardPostgreSQL: {"a PostgreSQL server", KindOtherServer},
	HeardSMTP:       {"an SMTP or FTP server", KindOtherServer},
	HeardIMAP:       {"an IMAP server", KindOtherServer},
	HeardPOP3:       {"a POP3 server", KindOtherServer},
	HeardRedis:      {"a Redis server", KindOtherServer},
	HeardVNC:        {"a VNC server", KindOtherServer},
	HeardAMQP:       {"an AMQP server", KindOtherServer},
	HeardUnknown:    {"a server of another kind", KindGarbage},
}

// Who says who speaks so: "an SSH server".
func (h Heard) Who() string {
	if known, ok := heard[h]; ok {
		return known.who
	}
	return heard[HeardUnknown].who
}

// Kind is that of an answer which was heard where another was expected.
func (h Heard) Kind() Kind {
	if known, ok := heard[h]; ok {
		return known.kind
	}
	return heard[HeardUnknown].kind
}
