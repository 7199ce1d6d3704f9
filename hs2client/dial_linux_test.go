package hs2client_test

import (
	"context"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
)

func TestOpen_ConnectObeysTimeoutAndContext(t *testing.T) {
	addr := peertest.Blackhole(t)
	const timeout = 200 * time.Millisecond
	start := time.Now()
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: timeout})
	if took := time.Since(start); took < timeout || took > timeout+generous {
		t.Errorf("the timeout took %v", took)
	}
	wantClass(t, err, "tcp.timeout")

	start = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	_, err = hs2client.Open(ctx, hs2client.Config{Addr: addr, Timeout: 10 * generous})
	if took := time.Since(start); took < timeout || took > timeout+generous {
		t.Errorf("the context's deadline took %v", took)
	}
	wantClass(t, err, "tcp.timeout")

	ctx, cancel = context.WithCancel(t.Context())
	canceled := make(chan time.Time, 1)
	time.AfterFunc(50*time.Millisecond, func() {
		canceled <- time.Now()
		cancel()
	})
	_, err = hs2client.Open(ctx, hs2client.Config{Addr: addr, Timeout: 10 * generous})
	if took := time.Since(<-canceled); took > generous {
		t.Errorf("returned %v after the end of its context", took)
	}
	wantClass(t, err, "tcp.canceled")
}
