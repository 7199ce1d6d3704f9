package scenarios

import "net/netip"

// Measured is what a run saw and nobody has judged: all that a verdict rests
// on. A [Result] holds it beside the judgement, so that it can be judged again.
type Measured struct {
	Scenario Scenario     `json:"scenario"`
	Stopped  *Stop        `json:"stopped,omitempty"` // nil: the run came to its end
	Sessions Sessions     `json:"sessions"`
	Nodes    []NodeTally  `json:"nodes"`
	Looks    []Look       `json:"looks"`
	Phases   PhaseStats   `json:"phases"`
	TLS      []Cert       `json:"tls,omitempty"`
	Silent   []SilentNode `json:"silent_nodes,omitempty"` // of kind certificates: nodes that showed none
	Load     *LoadStats   `json:"load,omitempty"`         // nil: the run was not paced
	Capacity *Capacity    `json:"capacity,omitempty"`     // nil, as the next three: the run was not of that kind
	Queries  []QueryTally `json:"queries,omitempty"`      // by coordinator, sorted
	Idle     *IdleSeen    `json:"idle,omitempty"`
	Watch    *WatchSeen   `json:"watch,omitempty"`
	Series   *Series      `json:"series,omitempty"`
	Tags     []TagTimes   `json:"tags,omitempty"` // that thresholds asked for, sorted
	Pages    []Page       `json:"pages,omitempty"`
	Remarks  []string     `json:"remarks,omitempty"` // what the run noticed as it went; Notes of a result begin with them

	// Unrecorded are times that thresholds ask for and the run did not record:
	// it is judged by others than it was made for.
	Unrecorded []TagName `json:"unrecorded,omitempty"`
}

// TagName is a metric, recorded by the values of a tag.
type TagName struct {
	Metric string `json:"metric"`
	Tag    string `json:"tag,omitempty"` // "": all together
}

// SilentNode is a node that was dialled for its certificate and showed none.
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
			t.Unattributed += c.Sessions()
		} else {
			t.Coordinators[c.Coordinator] = c.Sessions()
		}
	}
	return t
}

// Count fills in how many sessions there were, and what became of them, from the
// cells of all looks.
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
