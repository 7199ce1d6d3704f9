package hs2client

import (
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Heard is what a [Probe] learned of a port.
type Heard struct {
	What        vocab.Heard // who speaks there; HeardNothing: nobody that could be recognised
	Within      bool        // within TLS
	Text        string      // the first bytes heard, quoted; "": none, or those of Thrift or TLS
	Connections int         // that were made

	Ended      Kind          // how the last connection ended on which nothing was heard: KindEOF, KindReset or KindTimeout; KindNone: there was none
	Silence    time.Duration // from the beginning of such a connection until the other side ended it, the shortest; 0: it ended none
	Unasked    bool          // a connection was closed before anything was said on it
	WantsProxy bool          // What was heard only behind a header of the PROXY protocol
	WantsCert  bool          // the handshake asked for a certificate of the client, which had none

	config mode // of the session that was wanted
}

// Hint is what to set or to do, so that a session of the Config that was probed
// opens; nil: what was heard is what it needs, or nothing was.
func (h Heard) Hint() []Fix { return h.hint(h.config) }

// HintFor is Hint for a session of another Config.
func (h Heard) HintFor(c Config) []Fix { return h.hint(modeOf(&c)) }

func (h Heard) hint(m mode) []Fix {
	switch {
	case h.WantsProxy:
		return []Fix{proxyWanted}
	case h.ClosedWithoutCert() && !m.ownCert:
		return append(needsClientCert(askedForCert), todo(gone))
	case h.What == vocab.HeardNothing:
		return nil
	case h.What == vocab.HeardTLS && !m.tls:
		return []Fix{{Setting: settingTLS, Value: "true", Why: "TLS is spoken there"}}
	case h.What == vocab.HeardTLS:
		return nil // as was configured, and nothing is said within it
	case h.overHTTP() && m.protocol == vocab.ProtocolHS2HTTP:
		return h.tlsHint(m)
	case h.overHTTP(), h.What == vocab.HeardProxy:
		return slices.Clone(kindHints[h.What.Kind()])
	case h.What != vocab.HeardSASL && h.What != vocab.HeardThrift:
		return otherServer(h.What)
	case m.protocol == vocab.ProtocolHS2HTTP:
		return append(h.tlsHint(m), Fix{Setting: settingProtocol, Value: string(ProtocolHS2), Why: "Thrift is spoken there without HTTP: it is the binary port"})
	}
	return append(h.tlsHint(m), h.loginHint(m)...)
}

// ClosedWithoutCert reports whether the handshake asked for a certificate of the client,
// and every connection within it was closed without a word. Some listeners of TLS 1.3 say
// in no other way that they require one; one that only asks may have lost its coordinators.
func (h Heard) ClosedWithoutCert() bool {
	closed := h.Ended == KindEOF || h.Ended == KindReset
	return h.WantsCert && closed && (h.What == vocab.HeardTLS || h.What == vocab.HeardNothing)
}

// tlsHint is for TLS that is spoken there, or is not, unlike what was configured.
func (h Heard) tlsHint(m mode) []Fix {
	switch {
	case h.Within && !m.tls:
		return []Fix{{Setting: settingTLS, Value: "true", Why: "TLS is spoken there"}}
	case !h.Within && m.tls:
		return []Fix{{Setting: settingTLS, Value: "false", Why: "no TLS is spoken there"}}
	}
	return nil
}

// loginHint is for a login that is asked for there, or is not.
func (h Heard) loginHint(m mode) []Fix {
	switch login := h.What == vocab.HeardSASL; {
	case login && !m.sasl:
		return []Fix{{Setting: settingAuth, Value: "ldap", Why: "a login is asked for there"}, {Setting: settingAuth, Value: "kerberos", Why: "by a ticket, if the cluster has Kerberos"}}
	case !login && m.sasl:
		return []Fix{{Setting: settingAuth, Value: "none", Why: "Thrift is spoken there without a login"}}
	}
	return nil
}

// overHTTP reports whether it was an answer of HTTP.
func (h Heard) overHTTP() bool { return h.What == vocab.HeardHTTP || h.What == vocab.HeardHTTP2 }

// AsConfigured reports whether what was heard is what a session needs: settings of
// the connection are then not what is wrong.
func (h Heard) AsConfigured() bool {
	if h.config.protocol == vocab.ProtocolHS2HTTP {
		return h.overHTTP() && h.Hint() == nil
	}
	return (h.What == vocab.HeardSASL || h.What == vocab.HeardThrift) && h.Hint() == nil
}
