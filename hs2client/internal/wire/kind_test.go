package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want vocab.Kind
	}{
		"refused":           {&net.OpError{Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, vocab.KindRefused},
		"no route":          {syscall.EHOSTUNREACH, vocab.KindUnreachable},
		"timed out by TCP":  {syscall.ETIMEDOUT, vocab.KindTimeout},
		"deadline":          {os.ErrDeadlineExceeded, vocab.KindTimeout},
		"context deadline":  {context.DeadlineExceeded, vocab.KindTimeout},
		"canceled":          {context.Canceled, vocab.KindCanceled},
		"reset":             {syscall.ECONNRESET, vocab.KindReset},
		"broken pipe":       {syscall.EPIPE, vocab.KindEOF},
		"end":               {io.EOF, vocab.KindEOF},
		"no descriptors":    {&net.OpError{Err: os.NewSyscallError("socket", syscall.EMFILE)}, vocab.KindLocalFiles},
		"no ports":          {syscall.EADDRNOTAVAIL, vocab.KindLocalPorts},
		"no such name":      {&net.DNSError{IsNotFound: true}, vocab.KindNotFound},
		"name server mute":  {&net.DNSError{IsTimeout: true}, vocab.KindTimeout},
		"wrapped":           {fmt.Errorf("x: %w", &Error{Kind: vocab.KindPolicy}), vocab.KindPolicy},
		"a damaged record":  {&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, vocab.KindGarbage},
		"no record":         {tls.RecordHeaderError{}, vocab.KindGarbage},
		"anything":          {errors.New("x"), vocab.KindOther},
		"below a dull one":  {&Error{Err: io.EOF}, vocab.KindEOF},
		"without progress":  {io.ErrNoProgress, vocab.KindOther},
		"closed by ourself": {net.ErrClosed, vocab.KindEOF},
	} {
		if got := KindOf(tc.err); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}
