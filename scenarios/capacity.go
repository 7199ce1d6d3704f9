package scenarios

// Capacity is how many sessions a service held. The run fills what it saw; the
// judge adds what follows: Threads, From, Cause and the ceilings.
type Capacity struct {
	Target    int      `json:"target,omitempty"`      // asked for; 0: until full
	Held      int      `json:"held"`                  // open together, at the most
	For       Seconds  `json:"for_s"`                 // how long all of them stayed
	Survived  int      `json:"survived"`              // of those held, answered when asked at the end
	Lost      int      `json:"lost,omitempty"`        // of those held, did not
	StoppedBy Class    `json:"stopped_by"`            // of the session that did not get in; zero: none, the target was reached
	Phase     string   `json:"phase,omitempty"`       // where that session waited
	Entered   bool     `json:"entered,omitempty"`     // it got in once the held ones had left: it was waiting for one of their places
	Holders   []Holder `json:"coordinators"`          // by name, sorted; "": nobody knows where
	Threads   int      `json:"threads,omitempty"`     // service threads of one coordinator; 0: not known
	From      string   `json:"from,omitempty"`        // how Threads is known: declared, pages, measured, assumed
	Cause     string   `json:"cause,omitempty"`       // what was full: CauseThreads or CauseBalancer; "": that cannot be told
	Policy    Policy   `json:"policy,omitempty"`      // that the ceilings are for
	Nominal   int      `json:"nominal"`               // threads x coordinators: the most that any balancer can place
	NMinus1   int      `json:"n_minus_1"`             // the same with one coordinator lost
	Safe      int      `json:"safe"`                  // sessions that fit with a chance of 99.9 %, as the policy places them
	SafeLost  int      `json:"safe_n_minus_1"`        // the same with one coordinator lost
	MoreCoord int      `json:"add,omitempty"`         // coordinators to add so that Target survives the loss of one; 0: none
	MoreThr   int      `json:"threads_for,omitempty"` // threads each that would do instead
}

// Holder is what one coordinator held.
type Holder struct {
	Name string `json:"name"`
	Held int    `json:"held"`
}

// What can be full.
const (
	CauseThreads  = "coordinators" // their service threads are all taken
	CauseBalancer = "balancer"     // coordinators have threads to spare: something in front of them lets nobody through
)

// How the number of threads is known.
const (
	ThreadsDeclared = "declared" // capacity.threads
	ThreadsPages    = "pages"    // a coordinator's own page
	ThreadsMeasured = "measured" // it is what the fullest held when the next one waited
	ThreadsAssumed  = "assumed"  // Impala's default
)
