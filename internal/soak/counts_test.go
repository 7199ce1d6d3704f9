package soak

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// conserved holds the three accounts of a round against each other: what sessions were
// observed, what the result says of them, and what the cluster counted.
func (r round) conserved(t *testing.T, s seen) {
	t.Helper()
	a := accountOf(s.observations)
	r.asReported(t, a, s.result)
	r.asServed(t, a, s)
}

// account is what the observations of a round add up to.
type account struct {
	sessions scenarios.Sessions
	named    map[string]int // tallied sessions by coordinator

	opened, closed int            // by the client's own word
	openedBy       map[string]int // by coordinator
	uncertain      int            // that did not open, as far as the client knows
}

func accountOf(all []scenarios.Observation) account {
	a := account{named: map[string]int{}, openedBy: map[string]int{}}
	for _, o := range all {
		a.count(o)
		if o.Closed == scenarios.OutcomeOK {
			a.closed++
		}
		if o.Closed == scenarios.OutcomeFailed {
			a.sessions.LeftOpen++
		}
		if o.Closed != scenarios.OutcomeUnknown { // what was opened was closed, or could not be
			a.opened++
			a.openedBy[o.Who.Coordinator]++
		} else {
			a.uncertain++
		}
	}
	return a
}

// count counts one session as the result does.
func (a *account) count(o scenarios.Observation) {
	n := &a.sessions
	if o.Refused {
		n.Refused++
	}
	switch {
	case o.Part == scenarios.PartScout:
		n.Scout++
		return
	case o.Part == scenarios.PartSettle:
		n.Settle++
		return
	case o.Refused:
		return
	}
	n.Attempted++
	switch o.Outcome {
	case scenarios.OutcomeOK:
		n.OK++
	case scenarios.OutcomeFailed:
		n.Failed++
	default:
		n.Unknown++
	}
	if o.Who.Coordinator != "" {
		a.named[o.Who.Coordinator]++
	}
}

// asReported holds the result against the observations.
func (r round) asReported(t *testing.T, a account, result scenarios.Result) {
	t.Helper()
	// Where a login ends without an answer, the server may hold a session: that is left open, too.
	said := result.Sessions
	if more := said.LeftOpen - a.sessions.LeftOpen; more > 0 && more <= a.uncertain {
		said.LeftOpen = a.sessions.LeftOpen
	}
	if said != a.sessions {
		t.Errorf("%s: the result has %+v, the observations %+v", r, result.Sessions, a.sessions)
	}
	if ok := result.Sessions.OK; ok > 0 && r.scenario.Kind != scenarios.KindCertificates && (result.Logins == nil || result.Logins.All.Count < ok) {
		t.Errorf("%s: not all of %d good sessions were timed", r, ok)
	}
	for _, c := range result.Coords {
		if c.Sessions != a.named[c.Name] {
			t.Errorf("%s: %s has %d sessions in the result, and %d in the observations", r, c.Name, c.Sessions, a.named[c.Name])
		}
	}
}

// asServed holds them against the cluster. A session that the client does not know to be
// open may have been opened, for the answer can be lost on its way; no other may.
func (r round) asServed(t *testing.T, a account, s seen) {
	t.Helper()
	opened, closed := int(s.cluster.SessionsOpened), int(s.cluster.SessionsClosed)
	if s.result.Probe != nil && r.way.protocol == scenarios.ProtocolBeeswax {
		a.uncertain += s.result.Probe.Connections // a session of Beeswax is its connection
	}
	if opened < a.opened || opened > a.opened+a.uncertain {
		t.Errorf("%s: the cluster opened %d sessions, the client %d, and %d may have been", r, opened, a.opened, a.uncertain)
	}
	// The end of a session of Beeswax is its connection's, which the cluster meets later.
	if left := opened - closed; r.way.protocol != scenarios.ProtocolBeeswax && (closed < a.closed || left > s.result.Sessions.LeftOpen+a.uncertain) {
		t.Errorf("%s: the cluster closed %d of %d sessions, the client %d; %d are said to be left open, and %d may be", r, closed, opened, a.closed, s.result.Sessions.LeftOpen, a.uncertain)
	}
	for _, c := range s.cluster.Coordinators {
		if n, by := int(c.SessionsOpened), a.openedBy[c.Name]; n < by || n > by+a.uncertain+a.openedBy[""] {
			t.Errorf("%s: %s opened %d sessions, the client %d there; of %d it is not known", r, c.Name, n, by, a.uncertain+a.openedBy[""])
		}
		delete(a.openedBy, c.Name)
	}
	delete(a.openedBy, "")
	for name, n := range a.openedBy {
		t.Errorf("%s: %d sessions on %s, which the cluster does not have", r, n, name)
	}
}
