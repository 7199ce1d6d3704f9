package cause

import (
	"cmp"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Threads is what the coordinators' pages say of their service threads.
type Threads struct {
	full    []scenarios.Page // of those that had none free, the latest
	read    int              // coordinators of which a page says both
	ours    int              // sessions of the run that were open at most
	clients bool             // all were in use before the first session of the run
}

// ThreadsOf reads the pages. Those read before the run count only where none was
// read while sessions were open.
func ThreadsOf(e scenarios.Measured) Threads {
	var t Threads
	for _, when := range []scenarios.PageTime{scenarios.PageDuring, scenarios.PageBefore} {
		for _, p := range e.Pages {
			if p.When != when || p.InUse == nil || threads(p, e) == 0 {
				continue
			}
			t.read++
			if *p.InUse >= threads(p, e) {
				p.Threads = threads(p, e)
				t.full = append(t.full, p)
			}
		}
		if t.read > 0 {
			t.clients = when == scenarios.PageBefore
			break
		}
	}
	for _, l := range e.Looks {
		for _, g := range l.Successes {
			t.ours = max(t.ours, g.MaxOpen)
		}
	}
	return t
}

// threads is how many a coordinator has: as its page says, or else as declared.
func threads(p scenarios.Page, e scenarios.Measured) int {
	return cmp.Or(max(0, p.Threads), e.Scenario.Capacity.Threads)
}

// Full reports whether a coordinator had no thread free.
func (t Threads) Full() bool { return len(t.full) > 0 }

// sentence is "all 24 service threads of 3 coordinators are in use, so logins wait;
// other clients hold them".
func (t Threads) sentence() string {
	all := 0
	var names []string
	for _, p := range t.full {
		all, names = all+p.Threads, append(names, p.Coordinator)
	}
	of := phrase.List(names)
	if len(t.full) == t.read && t.read > 1 {
		of = fmt.Sprintf("all %d coordinators", t.read)
	}
	out := fmt.Sprintf("%s of %s %s in use, so logins wait", allOf(all, "service thread"), of, phrase.Agree(all, "is", "are"))
	switch {
	case t.clients:
		out += "; other clients held them before the first session"
	case t.ours < all:
		out += fmt.Sprintf("; this run held at most %d, other clients the rest", t.ours)
	default:
		out += "; this run held as many itself"
	}
	return out
}

func (t Threads) subject() string {
	if len(t.full) == 1 && t.read > 1 {
		return t.full[0].Coordinator
	}
	return ""
}

func (t Threads) fixes() scenarios.Fixes {
	return phrase.Try("raise --fe_service_threads or add coordinators",
		"find clients that keep idle connections open (port 25000, /sessions), and close them by --idle_session_timeout")
}
