package scenarios

import "slices"

// Kind is what a scenario does; each has its own loop in scenarios/run.
type Kind string

// The kinds.
const (
	KindLooks        Kind = "looks"        // look after look at the balance, as smoke and spread; "" is this
	KindCertificates Kind = "certificates" // one handshake a node: no login, no session
	KindStages       Kind = "stages"       // load.stages, one after the other
	KindCapacity     Kind = "capacity"     // keep sessions open: how many does the service hold?
	KindQuery        Kind = "query"        // the scenario's statement, twice on every coordinator
	KindIdle         Kind = "idle"         // a ladder of idle sessions: when are they cut, and how?
	KindWatch        Kind = "watch"        // steady sessions while something is done to a coordinator
	KindHandleReuse  Kind = "handle-reuse" // sessions used over other connections than the ones they were opened over
	KindAudit        Kind = "audit"        // the settings of a load balancer on AWS: no session
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{KindLooks, KindCertificates, KindStages, KindCapacity, KindQuery, KindIdle, KindWatch, KindHandleReuse, KindAudit}
}

// OrLooks is the kind, and looks where it is "" or none that there is: a stored
// result may name any.
func (k Kind) OrLooks() Kind {
	if slices.Contains(Kinds(), k) {
		return k
	}
	return KindLooks
}

// DefaultAudit is a scenario of kind audit with the defaults of all settings.
func DefaultAudit() Scenario {
	s := Default()
	s.Name, s.Kind = "audit", KindAudit
	return s
}

// CapacityConfig is how many sessions to keep open, and how long.
type CapacityConfig struct {
	Hold      int      `yaml:"hold,omitempty" json:"hold,omitempty"`             // sessions; with UntilFull the maximum, and 0: no limit
	For       Duration `yaml:"for,omitempty" json:"for,omitempty"`               // how long all of them stay open; 0: until each was asked once
	UntilFull bool     `yaml:"until_full,omitempty" json:"until_full,omitempty"` // go on to the first session that gets no answer
	Threads   int      `yaml:"threads,omitempty" json:"threads,omitempty"`       // fe_service_threads of each coordinator; 0: not said
}

// DefaultThreads is Impala's --fe_service_threads where nothing else is set.
const DefaultThreads = 64

// MaxThreads bounds the service threads of a coordinator: a number may come from an
// untrusted file.
const MaxThreads = 1_000_000

// IdleConfig is the ladder of an idle scenario.
type IdleConfig struct {
	Steps []Duration `yaml:"steps,omitempty" json:"steps,omitempty"` // how long each session is idle; one session a step
	Scale float64    `yaml:"scale,omitempty" json:"scale,omitempty"` // what the steps and expect.min_idle are multiplied by; 0 is 1
}

// Scaled is a time of the ladder as it is waited for.
func (c IdleConfig) Scaled(d Duration) Duration {
	if c.Scale == 0 {
		return d
	}
	return Duration(float64(d) * c.Scale)
}

// WatchConfig is what to watch, and what to do meanwhile.
type WatchConfig struct {
	For        Duration `yaml:"for,omitempty" json:"for,omitempty"`                 // how long
	Long       int      `yaml:"long,omitempty" json:"long,omitempty"`               // sessions that stay open all the time, asked for a sign of life every second
	OnEvent    string   `yaml:"on_event,omitempty" json:"on_event,omitempty"`       // shell command that drains, kills or restarts one; "": the operator does
	EventAfter Duration `yaml:"event_after,omitempty" json:"event_after,omitempty"` // when to run it
}

// ReuseConfig is how many sessions to use over other connections.
type ReuseConfig struct {
	Handles int `yaml:"handles,omitempty" json:"handles,omitempty"` // sessions, each with a second connection
}

// MaxHandles bounds them: more would say nothing more.
const MaxHandles = 10_000

// Stage is one part of a load. Exactly one of Rate, Closed and Hold is set.
type Stage struct {
	Rate   Rate     `yaml:"rate,omitempty" json:"rate,omitempty"`     // new sessions a second, whatever becomes of those before: an open model
	Ramp   Duration `yaml:"ramp,omitempty" json:"ramp,omitempty"`     // with Rate: get there from the stage before's rate, evenly, in this time
	Closed int      `yaml:"closed,omitempty" json:"closed,omitempty"` // sessions at once; each worker starts the next as soon as its last has ended
	Hold   int      `yaml:"hold,omitempty" json:"hold,omitempty"`     // sessions opened at load.rate and kept open until the end of the stage
	For    Duration `yaml:"for,omitempty" json:"for,omitempty"`       // how long; with Ramp it may be 0
}
