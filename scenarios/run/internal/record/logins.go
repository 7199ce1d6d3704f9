package record

import (
	"net/netip"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxLogins bounds the coordinators, and the nodes, whose logins are timed: each takes
// a histogram, and coordinators name themselves.
const maxLogins = 64

// logins times logins by coordinator and by node. All recorders share one, since that
// is a histogram for each of them.
type logins struct {
	mu           sync.Mutex
	all          scenarios.Times
	coordinators map[string]*scenarios.Times
	nodes        map[netip.AddrPort]*scenarios.Times
}

func newLogins() *logins {
	return &logins{coordinators: map[string]*scenarios.Times{}, nodes: map[netip.AddrPort]*scenarios.Times{}}
}

// add records a session that was opened.
func (l *logins) add(o scenarios.Observation) {
	if !o.LoggedIn() {
		return
	}
	took := o.Login() - o.Lag()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Record(took)
	recordAt(l.nodes, o.Node, took)
	if o.Who.Coordinator != "" {
		recordAt(l.coordinators, o.Who.Coordinator, took)
	}
}

func recordAt[K comparable](times map[K]*scenarios.Times, key K, took time.Duration) {
	t := times[key]
	if t == nil {
		if len(times) == maxLogins {
			return
		}
		t = &scenarios.Times{}
		times[key] = t
	}
	t.Record(took)
}

// Logins is how long logins took, so far; nil where there was none.
func (s *Set) Logins() *scenarios.Logins {
	l := s.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	out := scenarios.LoginTimes{All: l.all.Clone(), Coordinators: scenarios.TimesByName{}, Nodes: scenarios.TimesByName{}}
	for name, t := range l.coordinators {
		out.Coordinators[name] = t.Clone()
	}
	for node, t := range l.nodes {
		out.Nodes[node.String()] = t.Clone()
	}
	return scenarios.LoginsOf(out)
}
