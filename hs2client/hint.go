package hs2client

// hintFor says what a failure may come from, in the words of impala-lbcheck's
// flags; "" where there is nothing to suggest. heard tells whether the other
// side has said anything at all.
func hintFor(e *Error, h how, heard bool) string {
	switch e.Kind {
	case KindRefused:
		return "nothing listens there: check the port (" + ports + "), the listener, and that a coordinator is registered"
	case KindUnreachable:
		return "no route, or a firewall or security group rejects the connection"
	case KindNotFound:
		return "the name does not resolve here: check the spelling and the DNS zone"
	case KindLocalFiles:
		return "raise the limit of open files (ulimit -n) or hold fewer sessions: this is the client's limit, not the service's"
	case KindLocalPorts:
		return "this machine has no free local port for that address: lower the rate or test from several addresses"
	case KindHTTP:
		return "the port answers in HTTP: an HTTP listener or proxy, a web page (25000) or HS2 over HTTP (28000); use a TCP listener and the binary port (" + ports + ")"
	case KindProxyHeader:
		return "a PROXY header came in place of an answer: proxy protocol is switched on somewhere on the way; switch it off, Impala does not understand it"
	case KindNotTLS:
		return "the port does not speak TLS: leave --tls off, or put a certificate on the listener"
	case KindNeedsTLS:
		return "the port speaks TLS: add --tls"
	case KindNeedsSASL:
		return "the port asks for a login: add --auth ldap (or kerberos)"
	case KindMechanism:
		return "the coordinator does not offer SASL PLAIN: it may want --auth kerberos"
	case KindShuttingDown:
		return "the coordinator is shutting down and the balancer still sends it sessions: /healthz stays 200 meanwhile, so drain it at the balancer first"
	case KindSessionLimit:
		return "sessions of this user are left open, or --max_hs2_sessions_per_user is too small; abandoned HS2 sessions count for 15 minutes"
	case KindInvalidSession, KindInvalidHandle:
		return "another coordinator answered, or the session expired: one session must stay on one connection to one coordinator"
	}
	switch e.Phase {
	case PhaseTLS:
		return hintTLS(e.Kind)
	case PhaseSASL:
		return hintLogin(e.Kind, h)
	case PhaseTCP:
		return hintTCP(e.Kind)
	case PhaseOpen:
		return hintOpen(e.Kind, h, heard)
	}
	return ""
}

func hintTCP(k Kind) string {
	switch k {
	case KindInvalid:
		return "the local address to dial from must be one of this machine's, and of the same family (IPv4 or IPv6) as the node"
	case KindTimeout:
		return "no answer to the connection itself: a firewall or security group that drops, a wrong address, or a full backlog"
	case KindReset:
		return "the connection was reset while it was made: no healthy coordinator behind the balancer, a full backlog, or a firewall that answers with a reset"
	}
	return ""
}

const ports = "HS2 21050, Beeswax 21000"

func hintTLS(k Kind) string {
	switch k {
	case KindTimeout, KindReset, KindEOF:
		return "the port may not speak TLS (a plain Impala port waits in silence): leave --tls off, or put a certificate on the listener; or the coordinator behind it is gone; or " + proxied
	case KindSelfSigned, KindUnknownCA:
		return "name the authority to trust with --ca-cert"
	case KindIncomplete:
		return "install the intermediate certificates on the listener; where there are none, name the authority to trust with --ca-cert"
	case KindHostname:
		return "the certificate is for another name: dial that name, or say it with --server-name"
	case KindExpired, KindNotYetValid:
		return "renew the certificate on the listener, and check this machine's clock"
	case KindClientCert:
		return "the listener demands a certificate of the client (mutual TLS), and this client has none: switch that off on the listener, or use another one"
	case KindVersion, KindAlert:
		return "raise the listener's TLS policy to 1.2 or newer"
	}
	return ""
}

const proxied = "the balancer sends a PROXY header that Impala does not understand (switch proxy protocol off)"

// hintLogin is for a login that did not succeed. Impala says nothing either way,
// so that a refusal and a mismatch of protocols look alike.
func hintLogin(k Kind, h how) string {
	mismatch := "the port may ask for no login (--auth none)"
	if !h.tls {
		mismatch += " or speak TLS (--tls)"
	}
	switch k {
	case KindRejected:
		return "user or password was refused (Impala then closes without a word); or " + mismatch + "; or the coordinator is gone; or " + proxied
	case KindEOF, KindReset:
		return "the coordinator behind the balancer may be gone; or " + mismatch + "; or " + proxied
	case KindTimeout:
		return mismatch + ", which would wait in silence; or all service threads (--fe_service_threads) are busy; or " + proxied
	case KindGarbage, KindOversize, KindMismatch:
		return "the port does not answer a SASL login: try --auth none, and check the port (" + ports + ")"
	}
	return ""
}

// hintOpen is for a session that did not open. Where nothing was ever heard, the
// two sides may not be speaking the same protocol at all.
func hintOpen(k Kind, h how, heard bool) string {
	if k == KindUnsupported && h.protocol == Beeswax {
		return "the port speaks Thrift, but not Beeswax: try --protocol hs2, or port 21000"
	}
	if k == KindUnsupported {
		return "the port speaks Thrift, but not HiveServer2: try --protocol beeswax, or port 21050"
	}
	if k != KindEOF && k != KindReset && k != KindTimeout && k != KindGarbage && k != KindOversize {
		return ""
	}
	if h.sasl || h.tls && heard {
		if k == KindTimeout {
			return "the coordinator took the connection and does not answer: it hangs, or all its service threads (--fe_service_threads) are busy"
		}
		return ""
	}
	hint := "the port may ask for a login (--auth ldap)"
	if !h.tls {
		hint += " or speak TLS (--tls)"
	}
	if h.protocol == Beeswax {
		hint += ", or HS2 (--protocol hs2)"
	}
	if k == KindTimeout {
		return hint + "; or the coordinator hangs, or all its service threads (--fe_service_threads) are busy; or " + proxied
	}
	return hint + "; or the coordinator behind the balancer is gone; or " + proxied
}
