package vocab

// Kind is what went wrong, whatever the phase: with that, it is a failure's [Class].
type Kind int

// The kinds; the table below says what each means. The zero value is no failure.
const (
	KindNone Kind = iota
	KindOther
	KindInvalid
	KindEndpoint
	KindNotFound
	KindNoAddress
	KindFull
	KindRefused
	KindUnreachable
	KindTimeout
	KindCanceled
	KindReset
	KindEOF
	KindLocalFiles
	KindLocalPorts

	KindNotTLS
	KindNeedsTLS
	KindNeedsSASL
	KindHTTP
	KindProxyHeader
	KindOtherServer
	KindGarbage
	KindOversize
	KindMismatch

	KindAlert
	KindClientCert
	KindExpired
	KindNotYetValid
	KindHostname
	KindUnknownCA
	KindSelfSigned
	KindIncomplete
	KindConstraint
	KindTooLong
	KindWeakSignature
	KindVersion
	KindPolicy

	KindRejected
	KindMechanism

	KindFailed
	KindUnsupported
	KindShuttingDown
	KindSessionLimit
	KindInvalidSession
	KindInvalidHandle
	KindAdmission
	KindUnauthorized

	KindServerName
	KindNoCipher

	KindNoTicket
	KindTicketExpired
	KindClockSkew
	KindUnknownService
	KindUnknownClient
	KindKDCUnreachable
	KindWrongRealm
	KindNoEncryption
	KindServerProof
	KindProtection

	KindNoCredentials
	KindNoPath
	KindRedirect
	KindUnavailable
	KindHTTPStatus
	KindForeignHandle
	numKinds
)

// kinds is the one table of classes: what stands behind the dot, and what it says.
var kinds = [numKinds]struct{ name, means string }{
	KindNone:        {"", "nothing failed"},
	KindOther:       {"other", "an error that has no kind of its own"},
	KindInvalid:     {"invalid", "the configuration cannot be used; nothing was sent"},
	KindEndpoint:    {"endpoint", "what was given is no host and no host:port"},
	KindNotFound:    {"not-found", "the name does not resolve"},
	KindNoAddress:   {"no-address", "the name has no address that can be dialled from here"},
	KindFull:        {"full", "the coordinators have no room for the run; nothing was sent"},
	KindRefused:     {"refused", "the port is closed"},
	KindUnreachable: {"unreachable", "no route, or a firewall says no"},
	KindTimeout:     {"timeout", "no answer within the phase's time"},
	KindCanceled:    {"canceled", "the caller gave up"},
	KindReset:       {"reset", "the connection was reset"},
	KindEOF:         {"eof", "the connection was closed before the answer was complete"},
	KindLocalFiles:  {"local-nofile", "this machine has no file descriptor left"},
	KindLocalPorts:  {"local-ports", "this machine has no local port left for that address"},

	KindNotTLS:      {"not-tls", "TLS was offered to something that does not speak it"},
	KindNeedsTLS:    {"needs-tls", "the answer is a TLS record where none was asked for"},
	KindNeedsSASL:   {"needs-sasl", "the server asks for a login where none was made"},
	KindHTTP:        {"http", "the answer is HTTP"},
	KindProxyHeader: {"proxy-header", "the answer is a header of the PROXY protocol"},
	KindOtherServer: {"other-server", "the answer is that of a server of another kind, such as SSH or MySQL"},
	KindGarbage:     {"garbage", "the answer is not what this protocol looks like"},
	KindOversize:    {"oversize", "a length in the answer is negative or beyond its bound, or the answers take more memory than this client allows"},
	KindMismatch:    {"mismatch", "the answer is well formed, and no answer to what was asked"},

	KindAlert:         {"alert", "the other side ended TLS with an alert"},
	KindClientCert:    {"client-certificate", "the other side wants a certificate of the client"},
	KindExpired:       {"expired", "a certificate of the chain is no longer valid"},
	KindNotYetValid:   {"not-yet-valid", "a certificate of the chain is not valid yet"},
	KindHostname:      {"hostname", "the certificate is for another name"},
	KindUnknownCA:     {"unknown-ca", "the chain ends at an authority that is not trusted"},
	KindSelfSigned:    {"self-signed", "the certificate signed itself and is not trusted"},
	KindIncomplete:    {"incomplete-chain", "nothing that was sent or is trusted signed the certificate"},
	KindConstraint:    {"constraint", "an authority of the chain may not issue such a certificate"},
	KindTooLong:       {"chain-too-long", "the chain has more certificates than a client follows"},
	KindWeakSignature: {"weak-signature", "a signature of the chain is by an algorithm that is not trusted any more"},
	KindVersion:       {"version", "a version of TLS or of the protocol that is too old"},
	KindPolicy:        {"policy", "TLSConfig.Accept refused the certificate"},

	KindRejected:  {"rejected", "the login was refused, as far as can be told"},
	KindMechanism: {"mechanism", "the server does not offer the way to log in that was used"},

	KindFailed:         {"error", "the server answered with an error"},
	KindUnsupported:    {"unsupported", "the server does not know the call"},
	KindShuttingDown:   {"shutting-down", "the coordinator is being shut down"},
	KindSessionLimit:   {"session-limit", "the user has all the sessions that the coordinator allows"},
	KindInvalidSession: {"invalid-session", "the server does not know the session: another coordinator answered, or it expired"},
	KindInvalidHandle:  {"invalid-handle", "the server does not know the operation"},
	KindAdmission:      {"admission", "admission control rejected the query, or let it wait too long"},
	KindUnauthorized:   {"unauthorized", "the user may not do that"},

	KindServerName: {"server-name", "the other side has no certificate for the name that was asked for"},
	KindNoCipher:   {"no-common-cipher", "the two sides have no cipher suite, key exchange or signature in common"},

	KindNoTicket:       {"no-ticket", "there is no Kerberos ticket to log in with, and nothing to get one with"},
	KindTicketExpired:  {"ticket-expired", "the Kerberos ticket is no longer valid"},
	KindClockSkew:      {"clock-skew", "the clocks of this machine and of the Kerberos server, or of the coordinator, are too far apart"},
	KindUnknownService: {"unknown-service", "the Kerberos server does not know the service that the session is for"},
	KindUnknownClient:  {"unknown-client", "the Kerberos server does not know who logs in"},
	KindKDCUnreachable: {"kdc-unreachable", "no Kerberos server of the realm answers"},
	KindWrongRealm:     {"wrong-realm", "the Kerberos realm is not the one of the service, or nothing says where its servers are"},
	KindNoEncryption:   {"no-common-encryption", "client, Kerberos server and service have no encryption type in common"},
	KindServerProof:    {"server-proof", "the server did not prove that it holds the key of the service"},
	KindProtection:     {"protection", "the server and the client do not agree on how messages are protected"},

	KindNoCredentials: {"no-credentials", "the server says that no credentials came, though some were sent"},
	KindNoPath:        {"no-path", "HTTP answers that the path does not exist"},
	KindRedirect:      {"redirect", "HTTP sends the client to another address, such as a login page"},
	KindUnavailable:   {"unavailable", "HTTP answers that the service is not available now"},
	KindHTTPStatus:    {"http-status", "HTTP answers with a status that is an error"},
	KindForeignHandle: {"foreign-handle", "a call of the session was answered by another coordinator than the one that opened it"},
}

// String is the part of a class behind the dot; "" for KindNone.
func (k Kind) String() string {
	if k < 0 || k >= numKinds {
		return kinds[KindOther].name
	}
	return kinds[k].name
}

// Means says in a sentence what the kind stands for.
func (k Kind) Means() string {
	if k < 0 || k >= numKinds {
		return kinds[KindOther].means
	}
	return kinds[k].means
}
