package main

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

func TestFixText(t *testing.T) {
	t.Parallel()
	got := fixText([]hs2client.Fix{
		{Setting: "tls.enabled", Value: "true", Why: "it may speak TLS"},
		{Setting: "tls.enabled", Value: "false", Why: "it may not"},
		{Setting: "auth.mechanism", Value: "ldap", Why: "it may require a login"},
		{Setting: "tls.ca_cert", Why: "set the authority to trust"},
		{Setting: "load.timeout", Value: "3s", Why: "it is slow"},
		{Why: "it is gone"},
	})
	want := "it may speak TLS (--tls); or it may not (without --tls); or it may require a login (--auth ldap); or " +
		"set the authority to trust (--ca-cert); or it is slow (--timeout 3s); or it is gone"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWithHint(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, refused := hs2client.Open(t.Context(), hs2client.Config{Addr: addr})
	other := errors.New("other")
	for name, tc := range map[string]struct {
		err  error
		hint string
	}{
		"of the client":    {refused, "nothing listens there"},
		"hinted already":   {notImpala{refused}, "--identity-query"},
		"of somebody else": {other, ""},
		"none":             {nil, ""},
	} {
		got := withHint(tc.err)
		if !errors.Is(got, tc.err) {
			t.Errorf("%s: %v is not %v", name, got, tc.err)
		}
		hint := ""
		var hinted interface{ Hint() string }
		if errors.As(got, &hinted) {
			hint = hinted.Hint()
		}
		if !strings.Contains(hint, tc.hint) || tc.hint == "" && hint != "" {
			t.Errorf("%s: hint %q, want one with %q", name, hint, tc.hint)
		}
	}
}
