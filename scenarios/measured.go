package scenarios

import "net/netip"

// Measured is what a run saw, before any judgement: all that a verdict depends
// on. A [Result] holds it beside the judgement, so that it can be judged again.
type Measured struct {
	Scenario Scenario      `json:"scenario"`
	Stopped  *Stop         `json:"stopped,omitempty"` // nil: the run ended by itself
	Scouts   []Scout       `json:"scouts,omitempty"`  // by node, in the order of resolving
	Probe    *Probe        `json:"probe,omitempty"`   // nil: a session was good, or its failure says what is wrong
	Sessions Sessions      `json:"sessions"`
	Nodes    []NodeTally   `json:"nodes"`
	Looks    []Look        `json:"looks"`
	Phases   PhaseStats    `json:"phases"`
	TLS      []Cert        `json:"tls,omitempty"`
	Silent   []SilentNode  `json:"silent_nodes,omitempty"` // of kind certificates: nodes that showed none, or of which the handshake failed after it
	Load     *LoadStats    `json:"load,omitempty"`         // nil: the run was not paced
	Capacity *Capacity     `json:"capacity,omitempty"`     // nil, as the next three: the run was not of that kind
	Queries  []QueryTally  `json:"queries,omitempty"`      // by coordinator, sorted
	Idle     *IdleSeen     `json:"idle,omitempty"`
	Watch    *WatchSeen    `json:"watch,omitempty"`
	Handles  []HandleTally `json:"handles,omitempty"` // of kind handle-reuse: by who opened and who answered, sorted
	Logins   *Logins       `json:"logins,omitempty"`  // nil: none was timed
	HTTP     *HTTPCounts   `json:"http,omitempty"`    // of sessions over HTTP, scouts included; nil: there was none
	Series   *Series       `json:"series,omitempty"`
	Tags     []TagTimes    `json:"tags,omitempty"`   // that thresholds asked for, sorted
	Closes   []CloseTally  `json:"closes,omitempty"` // by coordinator, sorted; scout and settling included
	Pages    []Page        `json:"pages,omitempty"`
	Audit    *Audited      `json:"audit,omitempty"`   // what AWS says of the load balancer; nil: it was not asked
	Remarks  []string      `json:"remarks,omitempty"` // what the run noticed; Notes of a result begin with them

	// Shard is the part of the scenario that this run did; nil: all of it, or the result
	// is merged. LoadBegan is when the load of a shard of kind stages or watch did, by the
	// clock of its run; nil: it did not, or it is of an earlier version. Sources are the
	// runs that a merged result is the sum of.
	Shard     *Shard      `json:"shard,omitempty"`
	LoadBegan *Seconds    `json:"load_began_s,omitempty"`
	Sources   []SourceRun `json:"sources,omitempty"`

	// Baseline is an earlier run that this one is held against; nil: none is.
	Baseline *Baseline `json:"baseline,omitempty"`

	// OnThisMachine are the declared coordinators whose names lead to an address of
	// this machine, while a node does not. Asked for only where connections failed.
	OnThisMachine []string `json:"on_this_machine,omitempty"`

	// Unrecorded are times that thresholds ask for and the run did not record:
	// it is judged by others than it was made for.
	Unrecorded []TagName `json:"unrecorded,omitempty"`
}

// TagName is a metric, recorded by the values of a tag.
type TagName struct {
	Metric string `json:"metric"`
	Tag    string `json:"tag,omitempty"` // "": all together
}

// SilentNode is a node that was dialled for its certificate and showed none, or that
// ended the connection after it.
type SilentNode struct {
	Node  netip.AddrPort `json:"node"`
	Phase Phase          `json:"phase"` // where it failed
	Class Class          `json:"class"`
	Text  string         `json:"text"` // what happened; may hold the server's words
	Hint  Fixes          `json:"hint,omitempty"`
}

// Addresses lists what the endpoints' names resolve to at last, nodes with a
// refused certificate included.
func (m Measured) Addresses() []netip.AddrPort {
	var out []netip.AddrPort
	for _, n := range m.Nodes {
		if n.Left == 0 {
			out = append(out, n.Address)
		}
	}
	return out
}

// NodeTallyOf counts the sessions of one node.
func NodeTallyOf(node netip.AddrPort, all Tally) NodeTally {
	t := NodeTally{Address: node, Coordinators: map[string]int{}}
	for _, c := range all {
		if c.Node != node {
			continue
		}
		t.Sessions += c.Sessions()
		t.Failed += c.Failed
		if c.Coordinator == "" {
			t.Unidentified += c.Sessions()
		} else {
			t.Coordinators[c.Coordinator] = c.Sessions()
		}
	}
	return t
}

// Count sets how many sessions there were, and how they ended, from the cells of
// all looks.
func (s *Sessions) Count(all Tally) {
	s.Attempted, s.OK, s.Failed, s.Unknown = all.Total()
}

// Pooled is the tally of all looks, bursts included.
func (m Measured) Pooled() Tally {
	var all Tally
	for _, l := range m.Looks {
		all.Merge(l.All())
	}
	return all
}

// Page is a coordinator's own view of itself, from its web pages. What a page
// did not say is nil, 0 or "".
type Page struct {
	Coordinator string   `json:"coordinator"` // as declared
	When        PageTime `json:"when"`
	At          Seconds  `json:"at_s"`              // since the run began
	Healthy     *bool    `json:"healthy,omitempty"` // what /healthz says; nil: nothing
	Quiescing   bool     `json:"quiescing,omitempty"`
	Version     string   `json:"version,omitempty"`
	Threads     int      `json:"threads,omitempty"`     // fe_service_threads
	InUse       *int     `json:"in_use,omitempty"`      // connections that hold a service thread of the protocol that was dialled
	Total       *int     `json:"connections,omitempty"` // connections that ever did, since it started
	Sessions    *int     `json:"sessions,omitempty"`    // open HS2 sessions
	Executors   *int     `json:"executors,omitempty"`   // that it knows of
	Keepalive   Seconds  `json:"keepalive_s,omitempty"` // client_keepalive_probe_period_s
	IdleSession Seconds  `json:"idle_session_s,omitempty"`
	Err         string   `json:"error,omitempty"` // why nothing, or not all, was read; untrusted
	Needs       PageNeed `json:"needs,omitempty"` // what would let it be read
}

// PageNeed is what the server of a page asks for.
type PageNeed string

// The needs. "" is none, or unknown.
const (
	PageNeedsHTTPS PageNeed = "https"
	PageNeedsHTTP  PageNeed = "http"
	PageNeedsLogin PageNeed = "login" // another one, if there was one
)

// PageTime says when a page was read.
type PageTime string

// The times.
const (
	PageBefore PageTime = "before"
	PageDuring PageTime = "during" // while most sessions were open
	PageAfter  PageTime = "after"
)
