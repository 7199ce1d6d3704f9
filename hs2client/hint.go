package hs2client

import (
	"errors"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Keys of the settings that a hint may suggest, as a scenario has them.
const (
	settingTLS        = "tls.enabled"
	settingCACert     = "tls.ca_cert"
	settingServerName = "tls.server_name"
	settingClientCert = "tls.client_cert"
	settingAuth       = "auth.mechanism"
	settingDelegate   = "auth.delegate"
	settingProtocol   = "target.protocol"
	settingHTTPPath   = "target.http_path"
	settingHTTPExpect = "target.http_expect"
)

const (
	ports        = "HS2 21050, Beeswax 21000"
	gone         = "the coordinator behind the balancer is gone"
	askedForCert = "the listener asked for a client certificate, and some end connections without one in silence"
	allBusy      = "all of the coordinator's service threads (--fe_service_threads) are busy"
)

// What to do about PROXY headers.
var (
	proxied     = Fix{Proxy: true, Why: "the balancer sends a PROXY header, which Impala does not understand: turn proxy protocol off"}
	proxyHeard  = Fix{Proxy: true, Why: "the answer is a PROXY header: proxy protocol is on somewhere between here and Impala, which does not understand it; turn it off"}
	proxyWanted = Fix{Proxy: true, Why: "the listener expects a PROXY header, which Impala's clients do not send: turn that off there (HAProxy: accept-proxy, nginx: proxy_protocol), or have the balancer before it send the header"}
)

// Advice is what a failure of class c suggests to a session of a Config, where nothing
// more is known of it: what [Error.Hint] says of one on which nothing was received.
func Advice(class Class, c Config) []Fix {
	return slices.Clone(hintFor(&Error{Phase: class.Phase, Kind: class.Kind}, modeOf(&c), false))
}

// todo is what to do where nothing is to be set.
func todo(why string) Fix { return Fix{Why: why} }

// kindHints are for the kinds that have one cause in every phase.
var kindHints = map[Kind][]Fix{
	KindRefused:     {todo("nothing listens there: check the port (" + ports + "), the listener, and that a coordinator is registered")},
	KindUnreachable: {todo("no route, or a firewall or security group rejects the connection")},
	KindNotFound:    {todo("the name does not resolve here: check the spelling and the DNS zone")},
	KindLocalFiles:  {todo("raise the limit of open files (ulimit -n) or hold fewer sessions: this is the client's limit, not the service's")},
	KindLocalPorts:  {todo("this machine has no free local port for that address: lower the rate or test from several addresses")},
	KindHTTP: {
		{Setting: settingProtocol, Value: string(ProtocolHS2HTTP), Why: "the port answers in HTTP: it may be HS2 over HTTP (28000)"},
		todo("where it is another HTTP listener, a proxy or a web page (25000), use a TCP listener and the binary port (" + ports + ")"),
	},
	KindProxyHeader: {proxyHeard},
	KindNotTLS: {
		{Setting: settingTLS, Value: "false", Why: "the port does not speak TLS"},
		todo("put a certificate on the listener"),
	},
	KindNeedsTLS:     {{Setting: settingTLS, Value: "true", Why: "the port speaks TLS"}},
	KindNeedsSASL:    {{Setting: settingAuth, Value: "ldap", Why: "the port requires a login"}, {Setting: settingAuth, Value: "kerberos", Why: "by a ticket, if the cluster has Kerberos"}},
	KindShuttingDown: {todo("the coordinator is shutting down and the balancer still sends it sessions: /healthz stays 200 meanwhile, so drain it at the balancer first")},
	KindServerName: {
		{Setting: settingServerName, Why: "ask for a name that the listener has a certificate for; it does not know the one of the endpoint"},
		todo("add a certificate for that name to the listener"),
	},
	KindNoCipher:       {todo("the listener's TLS policy and this client have no cipher suite, key exchange or signature in common: choose a policy with ECDHE and AES-GCM or ChaCha20, or an unrestricted key exchange (tls.curve)")},
	KindSessionLimit:   {todo("this user's sessions are left open, or Impala's --max_hs2_sessions_per_user is too small; abandoned HS2 sessions count for 15 minutes")},
	KindInvalidSession: {todo(lostSession)},
	KindInvalidHandle:  {todo(lostSession)},

	KindNoCredentials: {todo(stripped), todo("Hive and Spark answer a refused ticket alike: look at the server's log")},
	KindNoPath:        {{Setting: settingHTTPPath, Why: "the proxy has no such path: use the one that it forwards to Impala, which itself takes any (behind Knox: gateway/TOPOLOGY/impala)"}},
	KindRedirect:      {todo("a login page or another listener answers, such as a single sign-on or one that sends HTTP to HTTPS: use the address and path behind it")},
	KindUnavailable:   {todo("the proxy has no coordinator for the request, or is at its limit: check its backends and their health checks (a GET fails on Impala's port 28000)")},
	KindForeignHandle: {todo("calls of one session reach several coordinators: make the balancer keep a session on one, by a cookie or by the client's address"),
		todo("the coordinator was restarted, and has forgotten the session")},
}

const lostSession = "another coordinator answered, or the session expired: one session must stay on one connection to one coordinator"

// tlsHints and tcpHints are for kinds that mean something else in other phases.
var (
	tlsHints = map[Kind][]Fix{
		KindTimeout:       plainPort,
		KindReset:         plainPort,
		KindEOF:           plainPort,
		KindSelfSigned:    {{Setting: settingCACert, Why: "set the authority to trust"}},
		KindUnknownCA:     {{Setting: settingCACert, Why: "set the authority to trust"}},
		KindConstraint:    {todo("have the certificate issued by an authority that may issue it")},
		KindTooLong:       {todo("install the leaf and the few intermediate certificates that lead to its root, and no others")},
		KindWeakSignature: {todo("have the certificate issued again, with a signature by SHA-256 or better")},
		KindHostname:      {todo("the certificate is for another name: connect to that name"), {Setting: settingServerName, Why: "set the name that the certificate is for"}},
		KindExpired:       {todo("renew what has expired on the listener, the certificate or an intermediate one, and check this machine's clock")},
		KindNotYetValid:   {todo("renew the certificate on the listener, and check this machine's clock")},
		KindVersion:       {todo("raise the listener's TLS policy to 1.2 or newer")},
		KindAlert:         {todo("the listener refused the handshake: look at its log for the reason")},
	}
	plainPort = []Fix{
		{Setting: settingTLS, Value: "false", Why: "the port may not speak TLS (a plain Impala port waits without an answer)"},
		todo("put a certificate on the listener"), todo(gone), proxied,
	}
	tcpHints = map[Kind][]Fix{
		KindInvalid: {todo("the local address to dial from must be one of this machine's, and of the same family (IPv4 or IPv6) as the node")},
		KindTimeout: {todo("the connection attempt was not answered: a firewall or security group drops it, the address is wrong, or the backlog is full")},
		KindReset:   {todo("the connection attempt was reset: no healthy coordinator behind the balancer, a full backlog, or a firewall that resets")},
	}
)

// hintFor is what to try after a failure; nil where there is nothing to suggest.
// received tells whether the other side has sent anything at all.
func hintFor(e *Error, m mode, received bool) []Fix {
	if m.protocol == ProtocolHS2HTTP {
		if fixes := httpHint(e, m, received); fixes != nil {
			return fixes
		}
	}
	if e.Kind == KindOtherServer || e.Phase == PhaseOpen && e.heard == vocab.HeardUnknown {
		return otherServer(e.heard) // it spoke, and so neither waits for a login nor for TLS
	}
	if fixes, ok := kindHints[e.Kind]; ok {
		return fixes
	}
	if offer, ok := errors.AsType[*wire.OfferError](e.Err); ok {
		return otherProtection(offer.Offered)
	}
	if fixes, ok := kerberosHints[e.Kind]; ok {
		return fixes
	}
	switch e.Phase {
	case PhaseTCP:
		return tcpHints[e.Kind]
	case PhaseTLS:
		return tlsHint(e.Kind, m)
	case PhaseSASL:
		return loginHint(e.Kind, m)
	case PhaseOpen:
		return openHint(e.Kind, m, received)
	}
	return nil
}

// otherServer is for a port on which something else answers.
func otherServer(h vocab.Heard) []Fix {
	return []Fix{todo(h.Who() + " answers there: check host and port (" + ports + ")")}
}

// tlsHint is for a handshake that failed, or a certificate that was refused.
func tlsHint(k Kind, m mode) []Fix {
	switch k {
	case KindClientCert:
		if m.ownCert {
			return []Fix{todo("the listener refuses the client certificate (mutual TLS): check that it trusts its authority, and that it is valid"),
				{Setting: settingClientCert, Why: "give another one"}}
		}
		return needsClientCert("the listener requires a client certificate (mutual TLS), and this client has none")
	case KindIncomplete:
		// A leaf alone does not show whether its issuer is a root.
		install := todo("install the intermediate certificates on the listener, if its issuer is one")
		if m.ownRoots {
			return []Fix{install, {Setting: settingCACert, Why: "trust its issuer, if that is a root"}}
		}
		return []Fix{{Setting: settingCACert, Why: "trust its issuer, if that is a root of your own"}, install}
	}
	return tlsHints[k]
}

// needsClientCert is for a listener that wants to know who we are.
func needsClientCert(why string) []Fix {
	return []Fix{{Setting: settingClientCert, Why: why}, todo("turn client certificates off on the listener, or use another one")}
}

// loginHint is for a login that failed. Impala sends nothing in either case, so a
// refusal and a mismatch of protocols look alike.
func loginHint(k Kind, m mode) []Fix {
	mismatched := []Fix{{Setting: settingAuth, Value: "none", Why: "the port may require no login"}}
	if !m.tls {
		mismatched = append(mismatched, Fix{Setting: settingTLS, Value: "true", Why: "the port may speak TLS"})
	}
	switch k {
	case KindMechanism:
		return otherMechanism(m)
	case KindRejected:
		if m.kerberos {
			return append(append(slices.Clone(refusedTicket), mismatched...), todo(gone))
		}
		refused := todo("user or password was refused (Impala then closes the connection without an answer)")
		return append(append([]Fix{refused}, mismatched...), todo(gone), proxied)
	case KindEOF, KindReset:
		return append(append([]Fix{todo(gone)}, mismatched...), proxied)
	case KindTimeout:
		return append(mismatched, todo(allBusy), proxied)
	case KindGarbage, KindOversize, KindMismatch:
		return []Fix{
			{Setting: settingAuth, Value: "none", Why: "the port does not answer a SASL login"},
			todo("check the port (" + ports + ")"),
		}
	}
	return nil
}

// otherMechanism is for a server that does not offer the login that was made.
func otherMechanism(m mode) []Fix {
	if m.kerberos {
		return []Fix{{Setting: settingAuth, Value: "ldap", Why: "the coordinator does not offer a login by Kerberos ticket"},
			todo("give every coordinator its principal and keytab, which turns Kerberos on")}
	}
	return []Fix{{Setting: settingAuth, Value: "kerberos", Why: "the coordinator does not offer SASL PLAIN, and may require Kerberos"},
		todo("turn LDAP logins on at every coordinator")}
}

// openHint is for a session that did not open. Where nothing was ever received, the
// two sides may not speak the same protocol.
func openHint(k Kind, m mode, received bool) []Fix {
	switch k {
	case KindUnsupported:
		return otherProtocol(m)
	case KindUnauthorized:
		return notAllowed(m)
	case KindGarbage, KindOversize, KindMismatch, KindVersion:
		return []Fix{todo("what answers there is no Impala: check host and port (" + ports + ", HS2 over HTTP 28000)")}
	case KindEOF, KindReset, KindTimeout:
	default:
		return nil
	}
	if m.sasl || m.tls && received {
		if k != KindTimeout {
			return nil
		}
		return []Fix{todo("the coordinator accepted the connection and does not answer: it hangs"), todo(allBusy)}
	}
	fixes := []Fix{{Setting: settingAuth, Value: "ldap", Why: "the port may require a login"}}
	if !m.tls {
		fixes = append(fixes, Fix{Setting: settingTLS, Value: "true", Why: "the port may speak TLS"})
	}
	if m.protocol == ProtocolBeeswax {
		fixes = append(fixes, Fix{Setting: settingProtocol, Value: string(ProtocolHS2), Why: "the port may speak HS2"})
	}
	if k == KindTimeout {
		return append(fixes, todo("the coordinator hangs"), todo(allBusy), proxied)
	}
	return append(fixes, todo(gone), proxied)
}

// notAllowed is for a user who is known and may open no session.
func notAllowed(m mode) []Fix {
	if !m.delegates {
		return []Fix{todo("the server lets this user open no session: look at its log for the reason, and allow it there")}
	}
	return []Fix{
		todo("the user who logs in may not act for another one: allow it at every coordinator, by Impala's --authorized_proxy_user_config (such as hue=*) or --authorized_proxy_group_config"),
		{Setting: settingDelegate, Why: "name a user for whom it may"},
	}
}

// otherProtocol is for a port of Thrift that does not know the first call.
func otherProtocol(m mode) []Fix {
	if m.protocol == ProtocolBeeswax {
		return []Fix{{Setting: settingProtocol, Value: string(ProtocolHS2), Why: "the port speaks Thrift, but not Beeswax"}, todo("use port 21000")}
	}
	return []Fix{{Setting: settingProtocol, Value: string(ProtocolBeeswax), Why: "the port speaks Thrift, but not HiveServer2"}, todo("use port 21050")}
}
