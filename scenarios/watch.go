package scenarios

// WatchSeen is what steady sessions saw while something was done to a
// coordinator. Times count from the run's beginning; nil is never.
type WatchSeen struct {
	For       Seconds      `json:"for_s"`
	Event     *Seconds     `json:"event_s,omitempty"`       // when the command was started
	EventEnd  *Seconds     `json:"event_end_s,omitempty"`   // when it had ended
	EventText string       `json:"event_text,omitempty"`    // how, where it failed; untrusted
	Noticed   *Seconds     `json:"noticed_s,omitempty"`     // the first failed new session, or the first long one lost
	Sessions  int          `json:"sessions"`                // new ones
	Errors    int          `json:"errors"`                  // of them, failed
	FirstErr  *Seconds     `json:"first_error_s,omitempty"` // when the first of them was due
	LastErr   *Seconds     `json:"last_error_s,omitempty"`
	Outage    Seconds      `json:"outage_s"` // from the first failed session's due time to that of the first good one after the last failed; 0: none failed
	Long      []LongFate   `json:"long,omitempty"`
	Coords    []Appearance `json:"appearances"` // by name, sorted
}

// LongFate is what became of one session that stayed open.
type LongFate struct {
	Node        string  `json:"node"`
	Coordinator string  `json:"coordinator"`
	Outcome     Outcome `json:"outcome"`        // OK: alive at the end; Failed: lost; Unknown: never opened, or the run ended
	At          Seconds `json:"at_s,omitempty"` // when it was lost
	Cut         Cut     `json:"cut,omitempty"`  // how
	Class       Class   `json:"class,omitzero"` // of the error
}

// Appearance is when new sessions met one coordinator. One that is gone and
// comes back has Gone and Back.
type Appearance struct {
	Name     string   `json:"name"`
	Sessions int      `json:"sessions"`
	First    Seconds  `json:"first_s"`
	Last     Seconds  `json:"last_s"`
	Gone     *Seconds `json:"gone_s,omitempty"` // it was not met for longer than chance explains: when it was met last before that
	Back     *Seconds `json:"back_s,omitempty"` // when it was met again
	Peak     float64  `json:"peak,omitempty"`   // its greatest share of new sessions in PeakWindow after it was back
	PIDs     []int32  `json:"pids,omitempty"`   // more than one: it was restarted
}

// PeakWindow is how long after a coordinator's return its share is looked at.
const PeakWindow = Seconds(10)
