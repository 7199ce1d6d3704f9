package reconcile

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Schema is the version of a reconciliation as JSON.
const Schema = "impala-lbcheck/reconciliation/1"

// Reconciliation is a run beside the balancer's log.
type Reconciliation struct {
	Schema   string              `json:"schema"`
	Tool     string              `json:"tool"`
	Verdict  scenarios.Status    `json:"verdict"`
	Exit     int                 `json:"exit"`
	Summary  string              `json:"summary"` // in one sentence
	Sessions Sessions            `json:"sessions"`
	Clock    Clock               `json:"clock"`
	Log      Log                 `json:"log"`
	Backends []Backend           `json:"backends"` // by sessions, the most first
	Order    []Order             `json:"order"`    // by node; all together first
	Failed   []Failed            `json:"failed"`   // by sessions, the most first
	Findings []scenarios.Finding `json:"findings"`
}

// Sessions counts the run's sessions by what became of them in the join: but for
// Scouts they add up to Total.
type Sessions struct {
	Total     int    `json:"total"`
	Joined    int    `json:"joined"`
	Ambiguous int    `json:"ambiguous"`     // several lines fit, or a line fits several sessions
	Untimely  int    `json:"untimely"`      // the one line that fits by its address does not by its time
	NotLogged int    `json:"not_logged"`    // no line fits
	NoPort    int    `json:"no_local_port"` // it never connected, or its port is unknown
	Scouts    int    `json:"scouts"`        // of Total: a result counts them apart
	Why       string `json:"why,omitempty"` // why none joined
}

// Clock is by how much the log's clock is ahead of ours, in milliseconds: zone and all.
type Clock struct {
	Known  bool    `json:"known"`
	Offset float64 `json:"offset_ms"`
	Low    float64 `json:"low_ms"` // of the bounds that follow from the pairs
	High   float64 `json:"high_ms"`
	Zone   float64 `json:"zone_minutes,omitempty"` // the part of it that is a time zone, of a log that names none
}

// Log is what was read.
type Log struct {
	Format   string             `json:"format"`
	Backends bool               `json:"names_backends"` // it says where a connection was sent
	Address  string             `json:"address_seen,omitempty"`
	Repeats  int                `json:"repeated"` // lines that were there twice
	Files    []balancerlog.File `json:"files"`
	Others   int                `json:"others"`    // connections of others during the run, to ten seconds
	Own      int                `json:"unclaimed"` // of these, from our address with a port of no session
	Partial  bool               `json:"others_incomplete,omitempty"`
}

// Backend is one that the log says sessions of ours were sent to, or others during the
// run.
type Backend struct {
	Backend      string         `json:"backend"`
	Name         string         `json:"name,omitempty"` // untrusted
	Sessions     int            `json:"sessions"`
	Failed       int            `json:"failed"` // of these
	Retried      int            `json:"retried"`
	Coordinators map[string]int `json:"coordinators"` // whom we met there, with sessions
	Others       int            `json:"others"`       // connections of others, to ten seconds
}

// Failed counts failed sessions of one class that were sent to one backend and that the log
// gives one reason.
type Failed struct {
	Class       scenarios.Class `json:"class"`
	Backend     string          `json:"backend"`               // "": none was chosen, or the log does not say
	Coordinator string          `json:"coordinator,omitempty"` // whom other sessions met there
	Reason      string          `json:"reason"`                // the log's own; "": none
	Sessions    int             `json:"sessions"`
}

// Reconcile joins the sessions with the lines that were added.
func (j *Join) Reconcile(files []balancerlog.File) Reconciliation {
	r := Reconciliation{Schema: Schema, Tool: j.options.Tool, Log: Log{Files: files, Repeats: j.repeats}}
	r.Backends, r.Order, r.Failed = []Backend{}, []Order{}, []Failed{}
	r.Log.Format, r.Log.Backends = j.format.Name, j.format.Backends
	c, p := j.joinBy(&r)
	j.count(&r, p)
	if c.known {
		r.Clock = j.clockOf(c, p)
		j.tally(&r, p, c.offset)
		r.Order = j.orders(p)
	} else {
		r.Sessions.Why = j.why(files)
	}
	r.Findings = findings{j, r, p}.all()
	r.conclude()
	return r
}

// joinBy pairs by address and port, or where that fits nothing by port alone.
func (j *Join) joinBy(r *Reconciliation) (clock, pairing) {
	linesOf := j.linesOf
	c := j.estimate(j.votesOf(linesOf))
	if !c.known && j.kept == 0 {
		address, guess := j.findTranslated()
		if guess.known {
			c, linesOf = guess, j.translated.of[address].linesOf
			r.Log.Address = address.String()
		}
	}
	if !c.known {
		return c, j.unpaired()
	}
	return j.pairTwice(c, linesOf)
}

// unpaired is where nothing could be joined.
func (j *Join) unpaired() pairing {
	p := pairing{pairs: make([]pair, len(j.sessions))}
	for i, s := range j.sessions {
		if !s.Client.IsValid() {
			p.pairs[i].state = noEnd
		}
	}
	return p
}

func (j *Join) clockOf(c clock, p pairing) Clock {
	ms := func(d time.Duration) float64 {
		return float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond)
	}
	out := Clock{Known: true, Offset: ms(c.offset), Low: ms(p.low), High: ms(p.high)}
	if !j.format.Zone {
		out.Zone = c.offset.Round(zoneStep).Minutes()
	}
	return out
}

// count fills in what became of the sessions.
func (j *Join) count(r *Reconciliation, p pairing) {
	r.Sessions.Total = len(p.pairs)
	for i := range p.pairs {
		if j.sessions[i].Scout {
			r.Sessions.Scouts++
		}
		switch p.pairs[i].state {
		case joined:
			r.Sessions.Joined++
		case ambiguous:
			r.Sessions.Ambiguous++
		case untimely:
			r.Sessions.Untimely++
		case noEnd:
			r.Sessions.NoPort++
		case notLogged:
			r.Sessions.NotLogged++
		}
	}
}
