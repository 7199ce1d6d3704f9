package hs2client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
)

func TestNormalizeCoordinator(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                "",
		"http://Host.Example.com:25000":   "host.example.com:25000",
		"https://host.example.com.:25000": "host.example.com:25000",
		"host.example.com:25000":          "host.example.com:25000",
		" Host:25000/ ":                   "host:25000",
		"HOST.":                           "host",
		"[::1]:25000":                     "[::1]:25000",
		"http://[::1]":                    "[::1]",
	} {
		got := NormalizeCoordinator(in)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if again := NormalizeCoordinator(got); again != got {
			t.Errorf("%q: %q once more: %q", in, got, again)
		}
	}
	if got := NormalizeCoordinator(strings.Repeat("x", 4096)); len(got) != maxName {
		t.Errorf("%d bytes", len(got))
	}
}

func TestPlain_NoFormatShowsPassword(t *testing.T) {
	t.Parallel()
	p := &Plain{User: "ann", Password: "s3cret"}
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	all := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		all += fmt.Sprintf(verb+verb+verb, p, *p, Config{Plain: p})
	}
	if strings.Contains(all, "s3cret") || strings.Contains(all, fmt.Sprintf("%x", "s3cret")) {
		t.Error(all)
	}
}

func TestError_ShowsNoControlCharacter(t *testing.T) {
	t.Parallel()
	e := &Error{Op: "OpenSession", Addr: "a:1", Phase: PhaseOpen, Kind: KindFailed, Text: "a\nb\x1b[2J\u202ec\x00\xff"}
	if got := e.Error(); got != "OpenSession a:1: open.error: a b?[2J?c?\ufffd" {
		t.Errorf("%q", got)
	}
}

func TestOpen_ChecksConfigFirst(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		config Config
		class  string
	}{
		"no port":                        {Config{Addr: "host"}, "resolve.invalid"},
		"no host":                        {Config{Addr: ":21050"}, "resolve.invalid"},
		"port 0":                         {Config{Addr: "host:0"}, "resolve.invalid"},
		"a named port":                   {Config{Addr: "host:http"}, "resolve.invalid"},
		"no user":                        {Config{Addr: "host:1", Plain: &Plain{Password: "s3cret"}}, "sasl.invalid"},
		"a protocol that Impala has not": {Config{Addr: "host:1", Protocol: "http"}, "open.invalid"},
		"NUL in password":                {Config{Addr: "host:1", Plain: &Plain{User: "ann", Password: "s3cret\x00"}}, "sasl.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), tc.config)
			e, ok := errors.AsType[*Error](err)
			if !ok || strings.Contains(err.Error(), "s3cret") {
				t.Fatal(err)
			}
			if e.Class().String() != tc.class {
				t.Errorf("class %s, want %s: %v", e.Class(), tc.class, err)
			}
		})
	}
}

func TestOpen_DialsFirstAddressOfName(t *testing.T) {
	t.Parallel()
	var rec Record
	dialled := ""
	_, err := Open(t.Context(), Config{Addr: "localhost:21050", Record: &rec, Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		dialled = addr
		return nil, syscall.ECONNREFUSED
	}})
	if e, ok := errors.AsType[*Error](err); !ok || e.Class() != (Class{Phase: PhaseTCP, Kind: KindRefused}) || e.Addr != "localhost:21050" || e.Hint() == nil {
		t.Errorf("error %v", err)
	}
	if to, err := netip.ParseAddrPort(dialled); err != nil || !to.Addr().IsLoopback() || to.Port() != 21050 {
		t.Errorf("dialled %q", dialled)
	}
	if rec.Phases[PhaseResolve] <= 0 || rec.Phases[PhaseTCP] != 0 {
		t.Errorf("phases %v", rec.Phases)
	}
}

// A dialer of the caller's need not look at the context.
func TestOpen_EndedContextDialsNobody(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dialled := false
	_, err := Open(ctx, Config{Addr: "127.0.0.1:21050", Dial: func(context.Context, string, string) (net.Conn, error) {
		dialled = true
		return nil, syscall.ECONNREFUSED
	}})
	if e, ok := errors.AsType[*Error](err); !ok || e.Class() != (Class{Phase: PhaseTCP, Kind: KindCanceled}) || dialled {
		t.Errorf("error %v, dialled %v", err, dialled)
	}
}
