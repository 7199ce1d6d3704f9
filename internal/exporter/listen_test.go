package exporter_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
)

func TestListen_OnlyOnLoopbackUnlessAsked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0"} {
		if l, err := exporter.Listen(t.Context(), address, false); !errors.Is(err, exporter.ErrPublic) {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
	for address, public := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "127.9.9.9:0": false, "0.0.0.0:0": true} {
		l, err := exporter.Listen(t.Context(), address, public)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		l.Close()
	}
	if _, err := exporter.Listen(t.Context(), "9841", true); err == nil {
		t.Error("a port alone was taken")
	}
}

func TestServe_RefusesMoreConnectionsThanItHasRoomFor(t *testing.T) {
	t.Parallel()
	l, err := exporter.Listen(t.Context(), "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- exporter.Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	}()
	var held []net.Conn
	closed := 0
	for range 70 { // of 64 that there is room for
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	for _, c := range held {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			closed++
			continue
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := c.Read(make([]byte, 1)); err != nil {
			closed++
		}
	}
	if closed != 6 {
		t.Errorf("%d of 70 connections were closed, want 6", closed)
	}
	for _, c := range held {
		c.Close()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
