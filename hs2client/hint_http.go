package hs2client

import (
	"net/http"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// stripped is what removes a login on its way.
const stripped = "a proxy between here and the coordinator removes the Authorization header: let it pass"

// httpHint is for a failure over HTTP that means something else there than over the
// binary protocols; nil: it does not.
func httpHint(e *Error, m mode, received bool) []Fix {
	switch {
	case e.Kind == KindNeedsSASL:
		return loginAskedFor(e.asked)
	case e.Kind == KindHTTP:
		return []Fix{{Setting: settingTLS, Value: "false", Why: "the port speaks HTTP without TLS"}}
	case e.heard == vocab.HeardHTTP:
		return []Fix{todo("a web page came in place of a Thrift answer, such as the login page of an ingress or a single sign-on: check host and port"),
			{Setting: settingHTTPPath, Why: "use the path that the proxy forwards to Impala"}}
	case e.heard == vocab.HeardThrift, e.heard == vocab.HeardSASL:
		return []Fix{{Setting: settingProtocol, Value: string(ProtocolHS2), Why: "the port speaks Thrift without HTTP"}, todo("use port 28000")}
	case e.Kind == KindHTTPStatus:
		return statusHint(e.status, m)
	case e.Phase == PhaseSASL:
		return httpLoginHint(e, m)
	case e.Kind != KindEOF && e.Kind != KindReset && e.Kind != KindTimeout:
		return nil
	case e.Phase == PhaseOpen:
		return httpOpenHint(e.Kind, m, received)
	case e.Phase > PhaseOpen && e.Kind != KindTimeout:
		return []Fix{todo("where it was idle before, a proxy keeps connections for less time than the session pauses: raise its keep-alive time (HAProxy: timeout http-keep-alive; nginx: keepalive_timeout)"), todo(gone)}
	}
	return nil
}

// schemeSettings are the logins that a scheme of HTTP is.
var schemeSettings = map[string]string{"Basic": "ldap", "Negotiate": "kerberos", "Bearer": "jwt"}

// loginAskedFor is for a server that wants a login where none was made.
func loginAskedFor(schemes []string) []Fix {
	if fixes := otherLogins(schemes, ""); fixes != nil {
		return fixes
	}
	if len(schemes) > 0 {
		return []Fix{todo("the server asks for a login by " + printable(schemes[0]))}
	}
	return []Fix{{Setting: settingAuth, Value: "ldap", Why: "the server asks for a login"}}
}

// otherLogins are those that the server asks for, but for the one that was tried.
func otherLogins(schemes []string, tried string) []Fix {
	var fixes []Fix
	for _, scheme := range schemes {
		if setting := schemeSettings[scheme]; setting != "" && setting != tried {
			fixes = append(fixes, Fix{Setting: settingAuth, Value: setting, Why: "the server asks for a login by " + scheme})
		}
	}
	return fixes
}

// statusHint is for a status that has no kind of its own.
func statusHint(status int, m mode) []Fix {
	switch {
	case status == http.StatusBadRequest && !m.tls:
		return []Fix{{Setting: settingTLS, Value: "true", Why: "a listener of HTTPS answers so to plain HTTP"}}
	case status == http.StatusExpectationFailed:
		return []Fix{{Setting: settingHTTPExpect, Value: "false", Why: "a proxy does not know Expect: 100-continue"}}
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return []Fix{todo("the proxy answers, and got no answer from a coordinator in time: check its backends and its timeouts")}
	}
	return []Fix{todo("look for the request in the log of the proxy or the server: Impala itself answers with 200 and 401 alone")}
}

// httpLoginHint is for a login over HTTP that failed.
func httpLoginHint(e *Error, m mode) []Fix {
	switch e.Kind {
	case KindRejected:
		if m.kerberos {
			return slices.Clone(refusedTicket)
		}
		return []Fix{todo("the " + m.credentials() + " was refused"), todo("look at the coordinator's log for the reason"), todo(stripped)}
	case KindMechanism:
		return append(otherLogins(e.asked, m.login()),
			todo("the server asks for another login than by "+m.credentials()+": use what it has, or turn this one on there"))
	case KindNoCredentials:
		return slices.Concat(kindHints[KindNoCredentials], otherLogins(e.asked, m.login()))
	case KindUnauthorized:
		return []Fix{todo("a proxy or the server lets this user do nothing: allow it there")}
	}
	return nil
}

// httpOpenHint is for a first call that got no answer.
func httpOpenHint(k Kind, m mode, received bool) []Fix {
	if received {
		return []Fix{todo("the server began to answer and did not end: it hangs, or a proxy has cut it")}
	}
	fixes := []Fix{{Setting: settingProtocol, Value: string(ProtocolHS2), Why: "the port may be a binary one, which waits for more"}}
	if !m.tls {
		fixes = append(fixes, Fix{Setting: settingTLS, Value: "true", Why: "the port may speak TLS"})
	}
	if k == KindTimeout {
		return append(fixes, todo("the coordinator hangs"), todo(allBusy), proxied)
	}
	if k == KindReset && m.sasl {
		fixes = append(fixes, todo("the login may have been refused: Impala answers before it has read the request, and its answer can be lost with the connection"))
	}
	return append(fixes, todo(gone), proxied)
}
