package run

import (
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// roll is the list of coordinators that new sessions meet: who is gone, who is
// back, and how many sessions come to one that is back. Times are when a session
// ended, so that they never go backwards. The zero value has met nobody.
type roll struct {
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

// Bounds of what a server may make the roll remember.
const (
	maxMet  = 1024
	maxPIDs = 16
)

// call takes in a new session that ended. It returns who is gone by now, and who
// is back, if anybody.
func (r *roll) call(who scenarios.Identity, now time.Duration) (gone []*presence, back *presence) {
	r.advance(int(now / time.Second))
	slot := r.second % len(r.total)
	met := r.find(who.Coordinator)
	if met != nil {
		r.total[slot]++
		met.recent[slot]++
		back = met.meet(who, now)
	}
	for _, p := range r.all {
		if p == met {
			continue
		}
		p.missed++
		if p.Gone == nil && now-p.Last.Duration() >= leastGone && noChance(p.missed, len(r.all)) {
			p.Gone = at(p.Last.Duration())
			gone = append(gone, p)
		}
	}
	return gone, back
}

// find is the place of a coordinator; nil where nobody said who answered.
func (r *roll) find(name string) *presence {
	if name == "" {
		return nil
	}
	i := slices.IndexFunc(r.all, func(p *presence) bool { return p.Name == name })
	if i < 0 {
		if len(r.all) == maxMet {
			return nil
		}
		i = len(r.all)
		r.all = append(r.all, &presence{Appearance: scenarios.Appearance{Name: name}})
	}
	return r.all[i]
}

// meet notes that it answered, and returns it where it had been gone.
func (p *presence) meet(who scenarios.Identity, now time.Duration) (back *presence) {
	if p.Sessions == 0 {
		p.First = scenarios.SecondsOf(now)
	}
	p.Sessions++
	p.missed, p.Last = 0, scenarios.SecondsOf(now)
	if who.PID != 0 && !slices.Contains(p.PIDs, who.PID) && len(p.PIDs) < maxPIDs {
		p.PIDs = append(p.PIDs, who.PID)
	}
	if p.Gone != nil && p.Back == nil {
		p.Back = at(now)
		return p
	}
	return nil
}

// advance closes the seconds before now: each ends a window, which counts for
// those who are back; then the oldest second makes room.
func (r *roll) advance(now int) {
	for ; r.second < now; r.second++ {
		all := r.total.sum()
		next := (r.second + 1) % len(r.total)
		r.total[next] = 0
		for _, p := range r.all {
			p.peak(r.second, all)
			p.recent[next] = 0
		}
	}
}

// peak looks at the window that ends with this second, where it is a whole one
// after the coordinator's return. Windows that begin more than PeakWindow after it
// are left out: of many windows one is large by chance alone.
func (p *presence) peak(second, all int) {
	if p.Back == nil || all == 0 {
		return
	}
	first := second - len(p.recent) + 1
	if since := first - int(*p.Back); since >= 0 && since <= len(p.recent) {
		p.Peak = max(p.Peak, float64(p.recent.sum())/float64(all))
	}
}

// appearances lists everybody by name, at the end of the watch.
func (r *roll) appearances(end time.Duration) []scenarios.Appearance {
	r.advance(int(end / time.Second))
	out := make([]scenarios.Appearance, len(r.all))
	for i, p := range r.all {
		out[i] = p.Appearance
	}
	slices.SortFunc(out, func(a, b scenarios.Appearance) int { return strings.Compare(a.Name, b.Name) })
	return out
}
