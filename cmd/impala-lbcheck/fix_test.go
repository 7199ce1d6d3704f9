package main

import (
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestAsFlag(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fix  vocab.Fix
		want string
	}{
		{vocab.Fix{Setting: "tls.enabled", Value: "true"}, "--tls"},
		{vocab.Fix{Setting: "tls.enabled", Value: "false"}, "without --tls"},
		{vocab.Fix{Setting: "auth.mechanism", Value: "ldap"}, "--auth ldap"},
		{vocab.Fix{Setting: "tls.ca_cert"}, "--ca-cert"},
		{vocab.Fix{Setting: "load.burst_hold", Value: "3s"}, "load.burst_hold: 3s"},
		{vocab.Fix{Setting: "expect.tls.issuer", Value: "CN=$(id),O='x'"}, `--expect-issuer 'CN=$(id),O='\''x'\'''`},
	} {
		if got := asFlag(tc.fix); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.fix, got, tc.want)
		}
	}
}

func TestFixFlags_AreSettings(t *testing.T) {
	t.Parallel()
	for path, flag := range fixFlags {
		if !slices.ContainsFunc(settings, func(s setting) bool { return "--"+s.name == flag }) {
			t.Errorf("%s: there is no setting %s", path, flag)
		}
	}
}
