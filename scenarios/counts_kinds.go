package scenarios

import (
	"fmt"
	"slices"
)

// checkQueries compares the runs of the statement with the sessions that ran it.
func (r Result) checkQueries() error {
	on := map[string]int{}
	for _, c := range r.Coords {
		on[c.Name] = c.Sessions
	}
	good, failed := 0, 0
	for _, q := range r.Queries {
		switch {
		case q.Failed > q.Runs:
			return fmt.Errorf("queries: %d of %d runs failed on %.100q", q.Failed, q.Runs, q.Coordinator)
		case len(q.Times) != q.Runs-q.Failed:
			return fmt.Errorf("queries: the times of %d runs on %.100q, but %d succeeded", len(q.Times), q.Coordinator, q.Runs-q.Failed)
		case q.Coordinator != "" && q.Runs > on[q.Coordinator]:
			return fmt.Errorf("queries: %d runs on %.100q, but it has %d sessions", q.Runs, q.Coordinator, on[q.Coordinator])
		}
		good += q.Runs - q.Failed
		failed += q.Failed
	}
	if s := r.Sessions; good > s.OK || failed > s.Failed {
		return fmt.Errorf("queries: %d runs succeeded and %d failed, but of the sessions %d and %d", good, failed, s.OK, s.Failed)
	}
	return nil
}

// checkCapacity compares what was held with the sessions.
func (r Result) checkCapacity() error {
	c, s := r.Capacity, r.Sessions
	if c == nil {
		return nil
	}
	held := 0
	for _, h := range c.Holders {
		held += h.Held
	}
	switch {
	case held != c.Held:
		return fmt.Errorf("capacity: %d sessions were held, but %d by all coordinators", c.Held, held)
	case c.Held > s.Attempted:
		return fmt.Errorf("capacity: %d sessions were held, but %d attempted", c.Held, s.Attempted)
	case c.Survived > c.Held || c.Survived+c.Lost > c.Held && r.unmerged():
		return fmt.Errorf("capacity: %d sessions survived and %d were lost, but %d were held", c.Survived, c.Lost, c.Held)
	case c.Survived > s.OK || c.Lost > s.Failed:
		return fmt.Errorf("capacity: %d sessions survived and %d were lost, but %d were good and %d failed", c.Survived, c.Lost, s.OK, s.Failed)
	}
	return nil
}

// checkIdle compares the steps, each of which is a session, with the sessions.
func (r Result) checkIdle() error {
	if r.Idle == nil {
		return nil
	}
	var steps outcomeCounts
	for _, step := range r.Idle.Steps {
		steps.addOutcome(step.Outcome)
	}
	// A step of which the session did not open is unknown, and its session may have failed.
	s := r.Sessions
	if steps.ok != s.OK || steps.failed > s.Failed || s.Failed > steps.failed+steps.unknown {
		return fmt.Errorf("idle: its steps are %s, but the sessions %d ok and %d failed", steps, s.OK, s.Failed)
	}
	said := IdleSeen{Steps: slices.Clone(r.Idle.Steps)}
	if said.Summarize(); said.LastAlive != r.Idle.LastAlive || said.FirstDead != r.Idle.FirstDead {
		return fmt.Errorf("idle: last alive after %g s and first dead after %g s, but the steps say %g and %g", r.Idle.LastAlive, r.Idle.FirstDead, said.LastAlive, said.FirstDead)
	}
	return nil
}

// checkWatch compares new and long sessions with all of them.
func (r Result) checkWatch() error {
	w, s := r.Watch, r.Sessions
	if w == nil {
		return nil
	}
	var long outcomeCounts
	for _, l := range w.Long {
		long.addOutcome(l.Outcome)
	}
	met := 0
	for _, c := range w.Coords {
		met += c.Sessions
	}
	switch good := w.Sessions - w.Errors + long.ok; {
	case w.Errors > w.Sessions:
		return fmt.Errorf("watch: %d of %d new sessions failed", w.Errors, w.Sessions)
	case met > w.Sessions:
		return fmt.Errorf("watch: coordinators were reached by %d new sessions, but there were %d", met, w.Sessions)
	case good != s.OK || w.Errors+long.failed > s.Failed || s.Failed > w.Errors+long.failed+long.unknown:
		return fmt.Errorf("watch: %d new sessions, %d of them failed, and long ones %s, but the sessions %d ok and %d failed", w.Sessions, w.Errors, long, s.OK, s.Failed)
	}
	return nil
}

// checkHandles compares handles, of which each took two sessions, with the sessions.
func (r Result) checkHandles() error {
	handles := 0
	for _, h := range r.Handles {
		handles += h.Reached + h.Foreign + h.Unknown
	}
	if s := r.Sessions; 2*handles > s.OK+s.Failed {
		return fmt.Errorf("handles: %d were used over a second connection, but %d sessions were good and %d failed", handles, s.OK, s.Failed)
	}
	return nil
}
