package scenarios

import (
	"cmp"
	"net/netip"
	"slices"
)

// Capacity is how many sessions a service held. The run fills what it saw; the
// judge adds what follows: Threads, From, Cause, Even and the ceilings.
type Capacity struct {
	Target         int      `json:"target,omitempty"`      // asked for; 0: until full
	Held           int      `json:"held"`                  // the maximum open together
	For            Seconds  `json:"for_s"`                 // how long all of them stayed
	Hold           *Hold    `json:"hold,omitempty"`        // when; nil: nothing was held, the shards of a sum had no time in common, or it is of an earlier version
	Survived       int      `json:"survived"`              // of those held, answered when asked at the end
	Lost           int      `json:"lost,omitempty"`        // of those held, did not
	StoppedBy      Class    `json:"stopped_by"`            // of the session that did not get in; zero: none, the target was reached
	Phase          string   `json:"phase,omitempty"`       // where that session waited
	Entered        bool     `json:"entered,omitempty"`     // it got in once the held ones had left: it was waiting for one of their threads
	Holders        []Holder `json:"coordinators"`          // by name, sorted; "": unidentified
	Threads        int      `json:"threads,omitempty"`     // service threads of one coordinator; 0: not known
	From           string   `json:"from,omitempty"`        // how Threads is known: declared, pages, measured, assumed
	Cause          string   `json:"cause,omitempty"`       // what was full: CauseThreads or CauseBalancer; "": that cannot be told
	Policy         Policy   `json:"policy,omitempty"`      // that was declared
	Even           bool     `json:"even,omitempty"`        // none was, and the held ones were spread more evenly than chance would: the ceilings are for that
	Nominal        int      `json:"nominal"`               // threads x coordinators: the maximum with any balancer; 0, as the next three: what was seen does not bear it out
	NominalOneDown int      `json:"n_minus_1"`             // the same with one coordinator lost
	Safe           int      `json:"safe"`                  // sessions that fit with a chance of 99.9 %, as the policy places them
	SafeOneDown    int      `json:"safe_n_minus_1"`        // the same with one coordinator lost
	MoreCoord      int      `json:"add,omitempty"`         // coordinators to add so that Target survives the loss of one; 0: none
	MoreThr        int      `json:"threads_for,omitempty"` // threads each that would do instead
}

// Holder is what one coordinator held.
type Holder struct {
	Name string `json:"name"`
	Held int    `json:"held"`
}

// What can be full.
const (
	CauseThreads  = "coordinators" // all their service threads are in use
	CauseBalancer = "balancer"     // coordinators have free threads: something in front of them lets no session through
)

// How the number of threads is known.
const (
	ThreadsDeclared = "declared" // capacity.threads
	ThreadsPages    = "pages"    // a coordinator's own page
	ThreadsMeasured = "measured" // it is what the fullest held when the next one waited
	ThreadsAssumed  = "assumed"  // Impala's default
)

// HeldOneDown is how many sessions each coordinator would hold if one of them
// were lost and its sessions came back evenly; 0 where fewer than two are known, or
// what was seen bears out no ceiling.
func (c Capacity) HeldOneDown() int {
	if c.Nominal == 0 {
		return 0
	}
	total, named := 0, 0
	for _, h := range c.Holders {
		total += h.Held
		if h.Name != "" {
			named++
		}
	}
	if named < 2 {
		return 0
	}
	return (total + named - 2) / (named - 1)
}

// Full reports whether h holds as many sessions as a coordinator has threads, as
// far as that is known.
func (c Capacity) Full(h Holder) bool { return c.Threads > 0 && h.Held >= c.Threads }

// QueryTally is what the scenario's statement did on one coordinator.
type QueryTally struct {
	Coordinator string    `json:"coordinator"`
	Runs        int       `json:"runs"`
	Failed      int       `json:"failed"`
	Class       Class     `json:"class,omitzero"`    // of the first failure
	Example     string    `json:"example,omitempty"` // its text, untrusted
	Times       []Seconds `json:"times_s,omitempty"` // of those that succeeded: execute and fetch together
}

// RunsPerCoordinator is how often the statement is to run on each.
const RunsPerCoordinator = 2

// QueryLooks is how many times its sessions a statement may cost at least, to
// meet every coordinator.
const QueryLooks = 3

// Median is the middle one of some times, or the mean of the middle two; there
// must be one.
func Median(times []Seconds) Seconds {
	sorted := slices.Sorted(slices.Values(times))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// IdleSeen is what happened to idle sessions.
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
	CutFIN    Cut = "fin"    // it was closed: a client sees the end at once
	CutRST    Cut = "rst"    // it was reset, while idle or when it was used
	CutSilent Cut = "silent" // without a sign: a client that uses it waits until its own deadline
	CutOther  Cut = "other"  // the class says more
)

// Summarize fills LastAlive, FirstDead, Cut and At from Steps, which it sorts.
// A step that is alive though a shorter one was dead leaves both as they are:
// LastAlive may then exceed FirstDead, and the judge says what that means.
func (s *IdleSeen) Summarize() {
	slices.SortStableFunc(s.Steps, func(a, b IdleStep) int { return cmp.Compare(a.After, b.After) })
	s.LastAlive, s.FirstDead, s.Cut, s.At = 0, 0, "", 0
	for _, step := range s.Steps {
		switch {
		case step.Outcome == OutcomeOK:
			s.LastAlive = step.After
		case step.Outcome == OutcomeFailed && s.FirstDead == 0:
			s.FirstDead, s.Cut, s.At = step.After, step.Cut, step.At
		}
	}
}

// WatchSeen is what steady sessions saw while something was done to a
// coordinator. Times count from the start of the run; nil is never.
type WatchSeen struct {
	For       Seconds       `json:"for_s"`
	Event     *Seconds      `json:"event_s,omitempty"`       // when the command was started
	EventEnd  *Seconds      `json:"event_end_s,omitempty"`   // when it had ended
	EventText string        `json:"event_text,omitempty"`    // how, where it failed; untrusted
	Noticed   *Seconds      `json:"noticed_s,omitempty"`     // the first failed new session, or the first long one lost
	Sessions  int           `json:"sessions"`                // new ones
	Errors    int           `json:"errors"`                  // of them, failed
	FirstErr  *Seconds      `json:"first_error_s,omitempty"` // when the first of them was due
	LastErr   *Seconds      `json:"last_error_s,omitempty"`
	Outage    Seconds       `json:"outage_s"` // from the first failed session's due time to that of the first good one after the last failed; 0: none failed
	Long      []LongSession `json:"long,omitempty"`
	Coords    []Appearance  `json:"appearances"` // by name, sorted
}

// LongSession is how one session that stayed open ended.
type LongSession struct {
	Node        string  `json:"node"`
	Coordinator string  `json:"coordinator"`
	Outcome     Outcome `json:"outcome"`        // OK: alive at the end; Failed: lost; Unknown: never opened, or the run ended
	At          Seconds `json:"at_s,omitempty"` // when it was lost
	Cut         Cut     `json:"cut,omitempty"`  // how
	Class       Class   `json:"class,omitzero"` // of the error
}

// Appearance is when new sessions reached one coordinator. One that went away and
// came back has Gone and Back.
type Appearance struct {
	Name     string   `json:"name"`
	Sessions int      `json:"sessions"`
	First    Seconds  `json:"first_s"`
	Last     Seconds  `json:"last_s"`
	Gone     *Seconds `json:"gone_s,omitempty"` // when it was last reached before it was not reached for longer than chance explains
	Back     *Seconds `json:"back_s,omitempty"` // when it was reached again
	Peak     float64  `json:"peak,omitempty"`   // its greatest share of new sessions in PeakWindow after it was back
	PIDs     []int32  `json:"pids,omitempty"`   // more than one: it was restarted
}

// HandleTally is what became of sessions that one coordinator had opened, and that were
// asked for over another connection, which one coordinator answered.
type HandleTally struct {
	Opened    string `json:"opened"`               // who opened them; "": not known
	Answered  string `json:"answered"`             // who was asked for them; "": not known
	OtherNode bool   `json:"other_node,omitempty"` // over another node of the balancer than they were opened over
	Reached   int    `json:"reached"`              // they were there
	Foreign   int    `json:"foreign"`              // the coordinator did not know them
	Unknown   int    `json:"unknown,omitempty"`    // the answer does not tell, or there was none
	Class     Class  `json:"class,omitzero"`       // of the first that was not reached
	Example   string `json:"example,omitempty"`    // its text, untrusted
}

// PeakWindow is how long after a coordinator's return its share is observed.
const PeakWindow = Seconds(10)

// MinAbsence is the shortest time that is called an absence.
const MinAbsence = Seconds(3)

// MaxPIDs is how many processes of one coordinator a watch remembers.
const MaxPIDs = 16
