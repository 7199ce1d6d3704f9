package scenarios

import (
	"net/netip"
	"slices"
)

// IdleSeen is what became of sessions that were left alone.
type IdleSeen struct {
	Scale     float64    `json:"scale"`          // that the times were multiplied by
	Steps     []IdleStep `json:"steps"`          // by After
	LastAlive Seconds    `json:"last_alive_s"`   // the longest that a session was idle and answered; 0: none did
	FirstDead Seconds    `json:"first_dead_s"`   // the shortest that one was idle and was dead; 0: none was
	Cut       Cut        `json:"cut,omitempty"`  // how that one was cut; "": none was
	At        Seconds    `json:"at_s,omitempty"` // when it was seen to be cut, after it was opened; 0: only found dead
}

// IdleStep is one session of the ladder.
type IdleStep struct {
	After       Seconds        `json:"after_s"` // how long it was to be idle
	Node        netip.AddrPort `json:"node"`
	Coordinator string         `json:"coordinator,omitempty"`
	Outcome     Outcome        `json:"outcome"`        // OK: it answered; Failed: it was dead; Unknown: it never opened, or the run ended
	Cut         Cut            `json:"cut,omitempty"`  // how it was cut
	At          Seconds        `json:"at_s,omitempty"` // when it was seen to be cut while it was idle; 0: found out by asking
	Class       Class          `json:"class,omitzero"` // of the error
	Text        string         `json:"text,omitempty"` // untrusted
}

// Cut is how an idle connection ended.
type Cut string

// The ways.
const (
	CutFIN    Cut = "fin"    // it was closed in good order: a client sees the end at once
	CutRST    Cut = "rst"    // it was reset, while idle or at the first word
	CutSilent Cut = "silent" // nobody said so: who speaks again waits for an answer until a deadline of its own
	CutOther  Cut = "other"  // the class says more
)

// Summarize fills LastAlive, FirstDead, Cut and At from Steps, which it sorts.
// A step that is alive though a shorter one was dead leaves both as they are:
// LastAlive may then exceed FirstDead, and the judge says what that means.
func (s *IdleSeen) Summarize() {
	slices.SortStableFunc(s.Steps, func(a, b IdleStep) int { return int((a.After - b.After) * 1e6) })
	s.LastAlive, s.FirstDead, s.Cut, s.At = 0, 0, "", 0
	for _, step := range s.Steps {
		switch {
		case step.Outcome == OK:
			s.LastAlive = step.After
		case step.Outcome == Failed && s.FirstDead == 0:
			s.FirstDead, s.Cut, s.At = step.After, step.Cut, step.At
		}
	}
}
