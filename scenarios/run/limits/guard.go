package limits

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The limits of a run that the owner of the service has not confirmed.
const (
	maxRate     = scenarios.UnconfirmedRate
	maxOpen     = scenarios.UnconfirmedOpen
	maxDuration = scenarios.UnconfirmedTime
)

// GuardError refuses a run that a production service might feel.
type GuardError struct {
	Reasons []string // each with its arithmetic: "500 concurrent sessions exceed 64"
	Hosts   []string // to be repeated in target.confirm
}

// Error says what is too much, and which setting allows it.
func (e *GuardError) Error() string {
	fix := e.Fix()
	return fmt.Sprintf("%s; if permitted, set %s to %s", e.Text(), fix.Setting, fix.Value)
}

// Text says what is too much.
func (e *GuardError) Text() string { return strings.Join(e.Reasons, ", and ") }

// Fix is the setting that allows it.
func (e *GuardError) Fix() vocab.Fix {
	return vocab.Fix{Setting: "target.confirm", Value: strings.Join(e.Hosts, ","), Why: "the owner of the service permits it"}
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

// TooLong reports whether a run of d exceeds what may last without confirmation,
// which is limit, and is not confirmed.
func TooLong(s scenarios.Scenario, d time.Duration) (limit time.Duration, tooLong bool) {
	return maxDuration, d > maxDuration && unconfirmed(s)
}

// Loopback reports whether every endpoint is this machine: localhost, 127.0.0.0/8
// or ::1. Such a target is not paced unless the user gave a rate.
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

// excesses lists what exceeds the limits.
func excesses(s scenarios.Scenario) []string {
	if kindOf(s).exempt {
		return nil
	}
	d := DemandOf(s)
	if kindOf(s).once {
		return openExcess(s)
	}
	return slices.Concat(rateExcess(s, d), openExcess(s), timeExcess(s, d))
}

func rateExcess(s scenarios.Scenario, d Demand) []string {
	closed := slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Closed > 0 })
	together := s.Load.Rate <= 0 && slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Hold > 0 })
	switch {
	case d.Rate > maxRate:
		return []string{fmt.Sprintf("%g new sessions a second exceed %d", float64(d.Rate), maxRate)}
	case d.Rate <= 0 || closed || together:
		return []string{fmt.Sprintf("sessions that are not paced may exceed %d/s", maxRate)}
	}
	return nil
}

func openExcess(s scenarios.Scenario) []string {
	out := exceeding(s.Load.Concurrency, "concurrent")
	if keeps := kindOf(s).keeps; keeps != nil {
		out = append(out, keeps(s)...)
	}
	return out
}

// exceeding is the reason why n sessions are too many; none where they are not.
func exceeding(n int, what string) []string {
	if n <= maxOpen {
		return nil
	}
	return []string{fmt.Sprintf("%d %s sessions exceed %d", n, what, maxOpen)}
}

func stagesKeep(s scenarios.Scenario) []string {
	var out []string
	for _, st := range s.Load.Stages {
		out = append(out, exceeding(st.Closed, "concurrent")...)
		out = append(out, exceeding(st.Hold, "open")...)
	}
	return out
}

func capacityKeeps(s scenarios.Scenario) []string {
	if s.Capacity.UntilFull {
		return []string{"capacity.until_full fills every coordinator"}
	}
	return exceeding(s.Capacity.Hold, "open")
}

func watchKeeps(s scenarios.Scenario) []string { return exceeding(s.Watch.Long, "open") }

func timeExcess(s scenarios.Scenario, d Demand) []string {
	if d.Lasts <= maxDuration {
		return nil
	}
	text := d.Text
	if text == "" {
		typical := budget.Plan(s, len(s.Target.Endpoints)).Typical
		text = fmt.Sprintf("%s at %s, %s to settle and %s to hold", phrase.Count(typical, "session"), s.Load.Rate, s.Load.Settle, s.Load.BurstHold)
	}
	return []string{fmt.Sprintf("%s exceeds %s (%s)", d.Lasts.Round(time.Second), maxDuration, text)}
}

// unconfirmed reports whether the run must obey the limits.
func unconfirmed(s scenarios.Scenario) bool {
	return !confirmed(s.Target.Confirm, guarded(s))
}
