package provision

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"sync"
)

// maxHops bounds the connections of one attempt: a redirect takes one, and so does a
// connection that was closed while nobody used it.
const maxHops = 10

// hops are the connections of an attempt. The SDK's client follows redirects of a call
// without a body without an end, and to anybody, with the session's token.
type hops struct {
	mu     sync.Mutex
	first  string // host:port
	n      int
	cancel context.CancelCauseFunc
}

// watchHops ends an attempt that is sent on to another host, or again and again. stop
// frees the context, once the answer has been read.
func watchHops(ctx context.Context) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	h := &hops{cancel: cancel}
	return httptrace.WithClientTrace(watched, &httptrace.ClientTrace{GetConn: h.next}), func() { cancel(nil) }
}

func (h *hops) next(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n++; h.n == 1 {
		h.first = host
	}
	switch {
	case host != h.first:
		h.cancel(&answerError{fmt.Sprintf("the answer is a redirect from %s to %s, which is not followed", h.first, host)})
	case h.n > maxHops:
		h.cancel(&answerError{"the answer is a redirect, and so are the next ones"})
	}
}

// redirected is the error of an attempt that was ended; nil: it was not.
func redirected(ctx context.Context) error {
	if answer, is := context.Cause(ctx).(*answerError); is { //nolint:errorlint // set above, as it is
		return answer
	}
	return nil
}
