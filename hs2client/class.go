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

// kindOf reads an error of the network or of this package.
func kindOf(err error) Kind {
	if known, ok := errors.AsType[*cause](err); ok && known.kind != KindNone && known.kind != KindOther {
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
