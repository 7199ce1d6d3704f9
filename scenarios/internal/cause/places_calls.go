package cause

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// callsElsewhere: over HTTP, calls of one session were answered by other coordinators
// than the one that opened it. That is the balancer's failure, and not that of the
// coordinator which the session is counted for.
func callsElsewhere(f facts) (match, bool) {
	if !slices.ContainsFunc(f.left, isForeign) {
		return match{}, false
	}
	var foreign []scenarios.FailureGroup
	foreign, _ = split(f.left, isForeign)
	return match{
		says: fmt.Sprintf("calls of one session reached other coordinators than the one that opened it, in %s", phrase.Count(countFailed(foreign, nil), "session")),
		fix:  Persistence(f.e.Scenario), takes: isForeign,
	}, true
}

func isForeign(g scenarios.FailureGroup) bool { return g.Class.Kind == vocab.KindForeignHandle }

// byAddress is the persistence that needs nothing of the client.
const byAddress = "persistence by client address (HAProxy: balance source; nginx: hash $remote_addr; AWS Network Load Balancer: stickiness of type source_ip)"

// PersistenceOfHandles is how a balancer is made to send another connection of a client
// to the same coordinator. A cookie is no remedy: a client has it for one connection.
func PersistenceOfHandles() scenarios.Fixes {
	return phrase.Try("for a client that needs it (Hue): a listener of its own with " + byAddress)
}

// Persistence is how a balancer is made to send all that a client does to one coordinator.
func Persistence(s scenarios.Scenario) scenarios.Fixes {
	if s.Target.Protocol != scenarios.ProtocolHS2HTTP {
		return PersistenceOfHandles()
	}
	fixes := phrase.Try(
		"persistence by a cookie of the balancer's own, which clients keep (HAProxy in mode http: cookie LB insert indirect nocache)",
		byAddress)
	if s.Target.HTTPConnection == scenarios.HTTPPerCall {
		fixes = append(fixes, phrase.Set("target.http_connection", string(scenarios.HTTPPerSession), "one connection for all calls of a session, where the balancer deals connections and the client can do that")...)
	}
	return fixes
}
