package hs2client

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/apache/thrift/lib/go/thrift"
)

// Kind is what went wrong, whatever the phase. A failure's class is phase.kind.
type Kind int

// The kinds; the table below says what each means.
const (
	KindOther Kind = iota
	KindInvalid
	KindNotFound
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
	numKinds
)

// kinds is the one table of classes: what stands behind the dot, and what it says.
var kinds = [numKinds]struct{ name, means string }{
	KindOther:       {"other", "an error that has no kind of its own"},
	KindInvalid:     {"invalid", "the configuration cannot be used; nothing was sent"},
	KindNotFound:    {"not-found", "the name does not resolve"},
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
	KindNeedsSASL:   {"needs-sasl", "the answer is a SASL message where no login was made"},
	KindHTTP:        {"http", "the answer is HTTP"},
	KindProxyHeader: {"proxy-header", "the answer is a header of the PROXY protocol"},
	KindGarbage:     {"garbage", "the answer is not what this protocol looks like"},
	KindOversize:    {"oversize", "a length in the answer is negative or beyond its bound"},
	KindMismatch:    {"mismatch", "the answer is well formed, and no answer to what was asked"},

	KindAlert:       {"alert", "the other side ended TLS with an alert"},
	KindClientCert:  {"client-certificate", "the other side wants a certificate of the client"},
	KindExpired:     {"expired", "a certificate of the chain is no longer valid"},
	KindNotYetValid: {"not-yet-valid", "a certificate of the chain is not valid yet"},
	KindHostname:    {"hostname", "the certificate is for another name"},
	KindUnknownCA:   {"unknown-ca", "the chain ends at an authority that is not trusted"},
	KindSelfSigned:  {"self-signed", "the certificate signed itself and is not trusted"},
	KindIncomplete:  {"incomplete-chain", "an intermediate certificate is missing from what was sent"},
	KindVersion:     {"version", "a version of TLS or of the protocol that is too old"},
	KindPolicy:      {"policy", "TLSConfig.Accept refused the certificate"},

	KindRejected:  {"rejected", "the login was refused, as far as can be told"},
	KindMechanism: {"mechanism", "the server does not offer SASL PLAIN"},

	KindFailed:         {"error", "the server answered with an error"},
	KindUnsupported:    {"unsupported", "the server does not know the call"},
	KindShuttingDown:   {"shutting-down", "the coordinator is being shut down"},
	KindSessionLimit:   {"session-limit", "the user has all the sessions that the coordinator allows"},
	KindInvalidSession: {"invalid-session", "the server does not know the session: another coordinator answered, or it expired"},
	KindInvalidHandle:  {"invalid-handle", "the server does not know the operation"},
	KindAdmission:      {"admission", "admission control rejected the query, or let it wait too long"},
	KindUnauthorized:   {"unauthorized", "the user may not do that"},
}

// String is the part of a class behind the dot.
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

// kindOf reads an error of the network or of this package.
func kindOf(err error) Kind {
	if known, ok := errors.AsType[*cause](err); ok && known.kind != KindOther {
		return known.kind
	}
	if _, ok := errors.AsType[thrift.TApplicationException](err); ok {
		return KindMismatch // a reply without the result that its method has; exceptions are causes
	}
	if _, ok := alert(err); ok {
		return KindAlert
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok && call.Syscall == "bind" && errors.Is(err, syscall.EADDRNOTAVAIL) {
		return KindInvalid // Config.Local is not an address of this machine
	}
	dns, _ := errors.AsType[*net.DNSError](err)
	network, _ := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return KindCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return KindTimeout
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return KindLocalFiles
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		return KindLocalPorts
	case errors.Is(err, syscall.ECONNREFUSED):
		return KindRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return KindUnreachable
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ECONNABORTED):
		return KindReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.EPIPE): // Linux says EPIPE where an end in order came before the reset
		return KindEOF
	case dns != nil && dns.IsNotFound:
		return KindNotFound
	case network != nil && network.Timeout():
		return KindTimeout
	}
	return KindOther
}

// serverTexts are Impala's words for what has a kind of its own, in the order in
// which they are looked for (be/src/service/impala-server.cc,
// be/src/service/impala-hs2-server.cc, be/src/scheduling/admission-controller.cc).
var serverTexts = []struct {
	contains string
	kind     Kind
}{
	{"Server is being shut down", KindShuttingDown},
	{"exceeds coordinator limit", KindSessionLimit},
	{"Invalid session id", KindInvalidSession},
	{"Client session expired", KindInvalidSession},
	{"Invalid or unknown query handle", KindInvalidHandle},
	{"Rejected query from pool", KindAdmission},
	{"Admission for query exceeded timeout", KindAdmission},
	{"AuthorizationException", KindUnauthorized},
	{"is not authorized", KindUnauthorized},
}

// saidKind reads the words of a server's error.
func saidKind(text string) Kind {
	for _, t := range serverTexts {
		if strings.Contains(text, t.contains) {
			return t.kind
		}
	}
	return KindFailed
}
