package scenarios

import "net/netip"

// ScoutAttempts is how often a node is tried before a run, at most, unless the
// service has time to settle.
const ScoutAttempts = 3

// MaxScouts is the longest list of nodes with what the scouts met there.
const MaxScouts = 1 << 12

// Scout is what getting in met at one node, before anything was measured. It is in
// no tally.
type Scout struct {
	Address  netip.AddrPort `json:"address"`
	Attempts int            `json:"attempts"`
	Outcome  Outcome        `json:"outcome"`           // of the last attempt
	Refused  bool           `json:"refused,omitempty"` // we ended it, because of its certificate
	Class    Class          `json:"class,omitzero"`    // of the last attempt that failed, as the next three
	Text     string         `json:"text,omitempty"`    // may hold the server's words
	Hint     Fixes          `json:"hint,omitempty"`
	Waited   Seconds        `json:"waited_s,omitempty"` // how long that attempt was in the phase in which it failed
}

// Add counts an attempt.
func (s *Scout) Add(o Observation) {
	s.Attempts++
	s.Outcome, s.Refused = o.Outcome, o.Refused
	if o.Outcome != OutcomeOK {
		s.Class, s.Text, s.Hint = o.Class, o.Text, o.Hint
		s.Waited = waitedOf(o)
	}
}

// Smooth reports whether the node let the first session in.
func (s Scout) Smooth() bool { return s.Outcome == OutcomeOK && s.Attempts == 1 }
