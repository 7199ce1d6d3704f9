package watchstate

import (
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// presenceTracker is the coordinators that new sessions meet: which are gone, which
// are back, and how many sessions come to one that is back. Times are when a session
// ended, so that they never go backwards. The zero value has met none.
type presenceTracker struct {
	all    []*presence
	total  window
	second int // the current one, since the run began
}

// presence is one coordinator as new sessions meet it.
type presence struct {
	scenarios.Appearance
	missed int // new sessions in a row that did not meet it
	recent window
}

// window counts sessions by the second, over the last PeakWindow.
type window [int(scenarios.PeakWindow)]int

func (w *window) sum() int {
	n := 0
	for _, c := range w {
		n += c
	}
	return n
}

// maxCoordinators bounds what a server may make the tracker remember.
const maxCoordinators = 1024

// add takes in a new session that ended. It returns which coordinators are gone by
// now, and which one is back; nil: none.
func (t *presenceTracker) add(identity scenarios.Identity, now time.Duration) (gone []*presence, back *presence) {
	t.advance(int(now / time.Second))
	slot := t.second % len(t.total)
	met := t.find(identity.Coordinator)
	if met != nil {
		t.total[slot]++
		met.recent[slot]++
		back = met.meet(identity, now)
	}
	for _, p := range t.all {
		if p == met {
			continue
		}
		p.missed++
		if p.Gone == nil && now-p.Last.Duration() >= scenarios.MinAbsence.Duration() && beyondChance(p.missed, len(t.all)) {
			p.Gone = secondsAt(p.Last.Duration())
			gone = append(gone, p)
		}
	}
	return gone, back
}

// find is what is known of a coordinator; nil for one without a name, or one too many.
func (t *presenceTracker) find(name string) *presence {
	if name == "" {
		return nil
	}
	i := slices.IndexFunc(t.all, func(p *presence) bool { return p.Name == name })
	if i < 0 {
		if len(t.all) == maxCoordinators {
			return nil
		}
		i = len(t.all)
		t.all = append(t.all, &presence{Appearance: scenarios.Appearance{Name: name}})
	}
	return t.all[i]
}

// meet notes that it answered, and returns it where it had been gone.
func (p *presence) meet(identity scenarios.Identity, now time.Duration) (back *presence) {
	if p.Sessions == 0 {
		p.First = scenarios.SecondsOf(now)
	}
	p.Sessions++
	p.missed, p.Last = 0, scenarios.SecondsOf(now)
	if identity.PID != 0 && !slices.Contains(p.PIDs, identity.PID) && len(p.PIDs) < scenarios.MaxPIDs {
		p.PIDs = append(p.PIDs, identity.PID)
	}
	if p.Gone != nil && p.Back == nil {
		p.Back = secondsAt(now)
		return p
	}
	return nil
}

// advance closes the seconds before now: each ends a window, which counts for
// coordinators that are back; then the oldest second makes room.
func (t *presenceTracker) advance(now int) {
	for ; t.second < now; t.second++ {
		all := t.total.sum()
		next := (t.second + 1) % len(t.total)
		t.total[next] = 0
		for _, p := range t.all {
			p.peak(t.second, all)
			p.recent[next] = 0
		}
	}
}

// peak looks at the window that ends with this second, where it is a whole one
// after the coordinator's return. Windows that begin more than PeakWindow after it
// are left out: of many windows one is large by chance.
func (p *presence) peak(second, all int) {
	if p.Back == nil || all == 0 {
		return
	}
	first := second - len(p.recent) + 1
	if since := first - int(*p.Back); since >= 0 && since <= len(p.recent) {
		p.Peak = max(p.Peak, float64(p.recent.sum())/float64(all))
	}
}

// appearances lists every coordinator by name, at the end of the watch.
func (t *presenceTracker) appearances(end time.Duration) []scenarios.Appearance {
	t.advance(int(end / time.Second))
	out := make([]scenarios.Appearance, len(t.all))
	for i, p := range t.all {
		out[i] = p.Appearance
	}
	slices.SortFunc(out, func(a, b scenarios.Appearance) int { return strings.Compare(a.Name, b.Name) })
	return out
}
