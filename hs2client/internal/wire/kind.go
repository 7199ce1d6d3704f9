package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// KindOf classes an error of the network, of crypto/tls or of this package.
func KindOf(err error) vocab.Kind {
	if known, ok := errors.AsType[*Error](err); ok && known.Kind != vocab.KindNone && known.Kind != vocab.KindOther {
		return known.Kind
	}
	if _, ok := errors.AsType[thrift.TApplicationException](err); ok {
		return vocab.KindMismatch // a reply without the result that its method has; exceptions are Errors
	}
	if text, ok := Alert(err); ok {
		return AlertKind(text)
	}
	if isMalformedTLS(err) {
		return vocab.KindGarbage
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok && call.Syscall == "bind" && errors.Is(err, syscall.EADDRNOTAVAIL) {
		return vocab.KindInvalid // the local address is not one of this machine
	}
	dns, _ := errors.AsType[*net.DNSError](err)
	network, _ := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return vocab.KindCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return vocab.KindTimeout
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return vocab.KindLocalFiles
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		return vocab.KindLocalPorts
	case errors.Is(err, syscall.ECONNREFUSED):
		return vocab.KindRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return vocab.KindUnreachable
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ECONNABORTED):
		return vocab.KindReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.EPIPE): // Linux reports EPIPE where an orderly close preceded the reset
		return vocab.KindEOF
	case dns != nil && dns.IsNotFound:
		return vocab.KindNotFound
	case network != nil && network.Timeout():
		return vocab.KindTimeout
	}
	return vocab.KindOther
}

// Alert is the TLS alert that the other side sent, if that is what err is.
func Alert(err error) (text string, ok bool) {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return "", false
	}
	return remote.Err.Error(), true
}

// isMalformedTLS reports whether err is that of a record which crypto/tls does not take:
// it was damaged on the way, or whoever sent it speaks no TLS.
func isMalformedTLS(err error) bool {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	own, ok := errors.AsType[*net.OpError](err)
	return ok && own.Op == "local error"
}

// alertTexts are crypto/tls's words for the alerts that say what is wrong.
var alertTexts = map[string]vocab.Kind{
	"tls: protocol version not supported": vocab.KindVersion,
	"tls: unrecognized name":              vocab.KindServerName,
	"tls: handshake failure":              vocab.KindNoCipher,
	"tls: insufficient security level":    vocab.KindNoCipher,
	"tls: certificate required":           vocab.KindClientCert,
}

// AlertKind is what an alert says is wrong, by its text.
func AlertKind(text string) vocab.Kind {
	if kind, ok := alertTexts[text]; ok {
		return kind
	}
	return vocab.KindAlert
}

// Lost reports whether the server says that it knows neither session nor query, rather
// than that they have expired.
func (e *Error) Lost() bool { return e.Remote && serverTextOf(e.Text).lost }

// serverText is what a server says, and what it means.
type serverText struct {
	contains string
	kind     vocab.Kind
	lost     bool // it never had that session or query, or has it no more
}

// serverTexts are the words for what has a kind of its own, in the order in which they are
// looked for: Impala's (be/src/service/impala-server.cc,
// be/src/service/impala-hs2-server.cc, be/src/scheduling/admission-controller.cc), and
// those of Hive, which Spark shares (SessionManager.java, OperationManager.java).
var serverTexts = []serverText{
	{"Server is being shut down", vocab.KindShuttingDown, false},
	{"exceeds coordinator limit", vocab.KindSessionLimit, false},
	{"Invalid session id", vocab.KindInvalidSession, true},
	{"Invalid SessionHandle", vocab.KindInvalidSession, true}, // Hive
	{"Client session expired", vocab.KindInvalidSession, false},
	{"Invalid or unknown query handle", vocab.KindInvalidHandle, true},
	{"Invalid OperationHandle", vocab.KindInvalidHandle, true}, // Hive
	{"Rejected query from pool", vocab.KindAdmission, false},
	{"Admission for query exceeded timeout", vocab.KindAdmission, false},
	{"AuthorizationException", vocab.KindUnauthorized, false},
	{"is not authorized", vocab.KindUnauthorized, false},
}

// serverTextOf is the first that a server's words contain, or an error without a kind.
func serverTextOf(words string) serverText {
	for _, t := range serverTexts {
		if strings.Contains(words, t.contains) {
			return t
		}
	}
	return serverText{kind: vocab.KindFailed}
}
