package httpserve

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// here says that it was asked.
var here = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })

func TestServe_RefusesMoreConnectionsThanItHasRoomFor(t *testing.T) {
	t.Parallel()
	l, err := Listen(t.Context(), "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, here) }()
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
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+l.Addr().String()+"\r\n\r\n"); err != nil {
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

// A page elsewhere, whose name was made to lead here, reads nothing.
func TestServe_AnswersForItsOwnHostAlone(t *testing.T) {
	t.Parallel()
	l, err := Listen(t.Context(), "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, here) }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for host, want := range map[string]int{
		l.Addr().String(): 200, "localhost:" + port: 200,
		"rebound.example.com:" + port: 421, "rebound.example.com": 421, "127.0.0.1": 421, "192.0.2.1:" + port: 421,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != want || want != 200 && string(b) == "here" {
			t.Errorf("for %s: %d %q, want %d", host, answer.StatusCode, b, want)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// On an address that others reach, names are theirs.
func TestOwnHost_OfLoopbackAlone(t *testing.T) {
	t.Parallel()
	for address, checked := range map[string]bool{"127.0.0.1:9841": true, "[::1]:9841": true, "192.0.2.1:9841": false, "[::]:9841": false} {
		h := ownHost(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address)), here)
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = "impala.example.com:9841"
		h.ServeHTTP(w, r)
		if (w.Code == http.StatusMisdirectedRequest) != checked {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
}

// pipes is a listener of connections in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// ask sends a request on a new connection, and returns the connection and whether it was
// answered.
func (p pipes) ask() (net.Conn, bool) {
	ours, theirs := net.Pipe()
	p <- theirs
	if _, err := io.WriteString(ours, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return ours, false
	}
	answer, err := http.ReadResponse(bufio.NewReader(ours), nil)
	if err != nil {
		return ours, false
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return ours, err == nil
}

// Connections that ask nothing leave room for others soon.
func TestServe_IdleConnectionsGiveTheirRoomBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		p := make(pipes)
		go func() { ended <- Serve(ctx, p, here) }()
		for range MaxConnections {
			c, answered := p.ask()
			if !answered {
				t.Error("one that there is room for was not answered")
			}
			defer c.Close()
		}
		c, answered := p.ask()
		defer c.Close()
		if answered {
			t.Error("one more than there is room for was answered")
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		c, answered = p.ask()
		defer c.Close()
		if !answered {
			t.Error("after six idle seconds there is no room yet")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
