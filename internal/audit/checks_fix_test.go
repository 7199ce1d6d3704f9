package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// What would mend an idle timeout that is too short is as long as clients keep
// connections, as far as AWS has one that long.
func TestChecks_IdleFixesAreOfTheEvidence(t *testing.T) {
	const network, classic = "Key=tcp.idle_timeout.seconds,Value=", `"IdleTimeout":`
	for idle, want := range map[time.Duration]struct{ network, classic string }{
		65 * time.Minute:  {network + "3900", classic + "3900}"},
		90 * time.Minute:  {network + "5400", "at most 4000 s: clients must close idle connections sooner"},
		120 * time.Minute: {"at most 6000 s: clients must close idle connections sooner", "at most 4000 s"},
	} {
		a := newAccount(t)
		a.config.LongestIdle = scenarios.Duration(idle)
		for name, says := range map[string]string{networkName: want.network, classicName: want.classic} {
			f := a.judged(t, name)["audit.idle.limit"]
			if f.Status != scenarios.StatusFail || len(f.Fix) != 2 || !strings.Contains(f.Fix[0].Why, says) || strings.Contains(f.Fix[0].Why, "3600") {
				t.Errorf("%s, %s: %+v, want a fix with %q", idle, name, f, says)
			}
		}
	}
	a := newAccount(t)
	a.serveTLS()
	a.config.LongestIdle = scenarios.Duration(10 * time.Minute)
	if f := a.judged(t, networkName)["audit.idle.limit"]; !strings.Contains(f.Fix[0].Why, "350 s and cannot be changed") || !strings.Contains(f.Fix[0].Why, network+"600") {
		t.Errorf("TLS: %+v", f.Fix)
	}
}

// Flags of Impala are to be below the idle timeout that was found.
func TestChecks_FlagsOfTheFixesAreOfTheEvidence(t *testing.T) {
	a := newAccount(t)
	setIdle("300")(a) // no longer than Impala's probes, and than its sessions
	a.classic(func(b *awssim.Balancer) { b.Attributes.IdleTimeout = 300 })
	network, classic := a.judged(t, networkName), a.judged(t, classicName)
	for says, fix := range map[string]scenarios.Fixes{
		"client_keepalive_probe_period_s=150": network["audit.idle.keepalive"].Fix,
		"idle_session_timeout=300":            network["audit.idle.session"].Fix,
		"idle_session_timeout=300,":           classic["audit.idle.session"].Fix,
	} {
		if len(fix) != 2 || !strings.Contains(fix[0].Why, says) {
			t.Errorf("%+v, want %q", fix, says)
		}
	}
	a.page.IdleSession, a.page.Keepalive = new(time.Duration(0)), new(time.Duration(0))
	if fix := a.judged(t, classicName)["audit.idle.session"].Fix; len(fix) != 2 || !strings.Contains(fix[0].Why, "client_keepalive_probe_period_s=150") {
		t.Errorf("sessions that never end: %+v", fix)
	}
}
