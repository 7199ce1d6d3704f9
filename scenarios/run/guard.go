package run

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// What a run may ask of a service whose owner was not asked.
const (
	politeRate = 50               // new sessions a second
	politeOpen = 64               // open at once
	politeFor  = 10 * time.Minute // at the longest
)

// GuardError refuses a run that a production service might feel.
type GuardError struct {
	Reasons []string // each with its arithmetic: "500 open at once is more than 64"
	Hosts   []string // to be repeated in target.confirm
}

// Error says what is too much and how to allow it.
func (e *GuardError) Error() string {
	return fmt.Sprintf("%s; to allow it: --confirm %s", strings.Join(e.Reasons, ", and "), strings.Join(e.Hosts, ","))
}

// CheckGuards returns a [*GuardError] where the scenario asks for much and its
// target.confirm does not name every endpoint's host (separated by commas).
// Loopback endpoints need no confirmation. Nothing is resolved or sent.
func CheckGuards(s scenarios.Scenario) error {
	reasons := excesses(s)
	if len(reasons) == 0 || !unconfirmed(s) {
		return nil
	}
	return &GuardError{Reasons: reasons, Hosts: guarded(s)}
}

// Loopback reports whether every endpoint is this machine: localhost, 127.0.0.0/8
// or ::1. Such a target is not paced unless the user set a rate.
func Loopback(s scenarios.Scenario) bool {
	return len(s.Target.Endpoints) > 0 && len(guarded(s)) == 0
}

// guarded lists the hosts that are not loopback, once each.
func guarded(s scenarios.Scenario) []string {
	var hosts []string
	for _, endpoint := range s.Target.Endpoints {
		host, _, err := scenarios.SplitEndpoint(endpoint, s.Target.Protocol.Port())
		if err == nil && !loopback(host) && !confirmed(strings.Join(hosts, ","), []string{host}) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func loopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}

// confirmed reports whether the list names every host.
func confirmed(list string, hosts []string) bool {
	for _, host := range hosts {
		named := false
		for given := range strings.SplitSeq(list, ",") {
			named = named || strings.EqualFold(strings.TrimSpace(given), host)
		}
		if !named {
			return false
		}
	}
	return true
}

// excesses lists what is more than polite.
func excesses(s scenarios.Scenario) []string {
	if s.Kind == scenarios.KindCertificates {
		return nil // one handshake a node
	}
	d := demandOf(s)
	return slices.Concat(rateExcess(s, d), openExcess(s), timeExcess(s, d))
}

func rateExcess(s scenarios.Scenario, d demand) []string {
	closed := slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Closed > 0 })
	together := s.Load.Rate <= 0 && slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Hold > 0 })
	switch {
	case s.Kind == scenarios.KindIdle:
		return nil // a handful, once
	case d.rate > politeRate:
		return []string{fmt.Sprintf("%g new sessions a second is more than %d", float64(d.rate), politeRate)}
	case d.rate <= 0 || closed || together:
		return []string{fmt.Sprintf("sessions that are not paced may be more than %d/s", politeRate)}
	}
	return nil
}

func openExcess(s scenarios.Scenario) []string {
	var out []string
	over := func(n int, form string) {
		if n > politeOpen {
			out = append(out, fmt.Sprintf(form, n, politeOpen))
		}
	}
	over(s.Load.Concurrency, "%d open at once is more than %d")
	for _, st := range s.Load.Stages {
		over(st.Closed, "%d at once is more than %d")
		over(st.Hold, "%d held at once is more than %d")
	}
	over(s.Watch.Long, "%d that stay open is more than %d")
	if s.Capacity.UntilFull {
		return append(out, "until_full takes every place that the service has")
	}
	over(s.Capacity.Hold, "%d held at once is more than %d")
	return out
}

func timeExcess(s scenarios.Scenario, d demand) []string {
	switch {
	case s.Kind == scenarios.KindIdle || d.lasts <= politeFor:
		return nil // an idle ladder is long, and holds a handful of sessions
	case d.text != "":
		return []string{fmt.Sprintf("%s takes %s, which is more than %s", d.text, d.lasts.Round(time.Second), politeFor)}
	}
	typical := budget.Plan(s, len(s.Target.Endpoints)).Typical
	return []string{fmt.Sprintf("%d sessions at %s, %s to settle and %s to hold take %s, which is more than %s",
		typical, s.Load.Rate, s.Load.Settle, s.Load.BurstHold, d.lasts.Round(time.Second), politeFor)}
}

// unconfirmed reports whether the run must keep to what is polite.
func unconfirmed(s scenarios.Scenario) bool {
	return !confirmed(s.Target.Confirm, guarded(s))
}

// lasting estimates how long a run of one look takes; unpaced sessions count as
// nothing.
func lasting(s scenarios.Scenario, sessions int) time.Duration {
	d := time.Duration(s.Load.Settle) + Pacer{Rate: s.Load.Rate}.Due(sessions)
	if s.Load.Burst > 0 {
		d += time.Duration(s.Load.BurstHold)
	}
	return d
}
