package hs2client

import "errors"

// ClassOf is the class of the [*Error] in err's tree; the zero Class where there
// is none.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class()
	}
	return Class{}
}

// IsTimeout reports whether err is an [*Error] for want of an answer in time.
func IsTimeout(err error) bool { return ClassOf(err).IsTimeout() }

// IsClosed reports whether err is an [*Error] because the other side ended the
// connection, in good order or by a reset, or refused it.
func IsClosed(err error) bool { return ClassOf(err).IsClosed() }

// IsLocal reports whether err is an [*Error] that is this machine's own: it had
// no descriptor or no port left.
func IsLocal(err error) bool { return ClassOf(err).IsLocal() }

// IsRejected reports whether err is an [*Error] because a login was refused.
func IsRejected(err error) bool { return ClassOf(err).IsRejected() }

// IsAdmission reports whether err is an [*Error] because admission control kept
// the statement from running.
func IsAdmission(err error) bool { return ClassOf(err).IsAdmission() }

// IsInvalidSession reports whether err is an [*Error] because the server does not
// know the session: another coordinator answered, or it expired.
func IsInvalidSession(err error) bool { return ClassOf(err).IsInvalidSession() }
