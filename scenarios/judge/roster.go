package judge

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// slot is one coordinator that ought to be there.
type slot struct {
	name  string  // as seen; as declared where it was not seen; "": not known
	seen  bool    // in any look
	share float64 // expected share
}

// coordinatorSet maps the names seen to the coordinators expected.
type coordinatorSet struct {
	slots            []slot
	slotOf           map[string]int // seat by name seen
	undeclared       []string       // seen, and declared by nobody; sorted
	declared         int            // how many were declared; 0: nothing was
	named            bool           // by name
	weightsUnmatched bool           // weights cannot be laid to names, since one was not seen
}

// matchExpected builds the roster from what was declared and from the names seen in
// all looks.
func matchExpected(s scenarios.Scenario, looks []look) coordinatorSet {
	seen := namesSeen(looks)
	r := coordinatorSet{slotOf: map[string]int{}, declared: s.Expect.Coordinators.K(), named: len(s.Expect.Coordinators.Names) > 0}
	if r.named {
		r.addDeclared(s.Expect.Coordinators.Names, seen)
	} else {
		for i, name := range seen {
			r.slotOf[name] = i
			r.slots = append(r.slots, slot{name: name, seen: true})
		}
		for len(r.slots) < r.declared {
			r.slots = append(r.slots, slot{})
		}
	}
	r.setShares(s.Expect.Balance.Weights)
	return r
}

// addDeclared seats the declared names and leaves the rest foreign.
func (r *coordinatorSet) addDeclared(declared, seen []string) {
	taken := matchNames(declared, seen)
	for i, name := range declared {
		st := slot{name: name}
		for _, s := range seen {
			if at, ok := taken[s]; ok && at == i {
				r.slotOf[s] = i
				if !st.seen {
					st = slot{name: s, seen: true}
				}
			}
		}
		r.slots = append(r.slots, st)
	}
	for _, s := range seen {
		if _, ok := r.slotOf[s]; !ok {
			r.undeclared = append(r.undeclared, s)
		}
	}
}

// setShares gives every seat its expected share. Weights for a set that was not
// seen whole and has no names go, to be careful, smallest first to the unseen.
func (r *coordinatorSet) setShares(weights []float64) {
	k := len(r.slots)
	p := stats.Fractions(make([]float64, k))
	r.weightsUnmatched = len(weights) > 0 && len(weights) != k
	if len(weights) == k {
		p = stats.Fractions(weights)
		if !r.named && k > 0 && !r.slots[k-1].seen {
			r.weightsUnmatched = true
			slices.SortFunc(p, func(a, b float64) int { return cmp.Compare(b, a) })
		}
	}
	for i := range r.slots {
		r.slots[i].share = p[i]
	}
}

// shares are the seats' expected shares.
func (r coordinatorSet) shares() []float64 {
	p := make([]float64, len(r.slots))
	for i, s := range r.slots {
		p[i] = s.share
	}
	return p
}

// missing are the declared coordinators that no look saw, as far as names are known.
func (r coordinatorSet) missing() []string {
	var out []string
	for _, s := range r.slots {
		if !s.seen && s.name != "" {
			out = append(out, s.name)
		}
	}
	return out
}

// unseen counts the seats that no look saw.
func (r coordinatorSet) unseen() int {
	n := 0
	for _, s := range r.slots {
		if !s.seen {
			n++
		}
	}
	return n
}

// matchNames lays the names seen to the declared ones: by host and port, else by
// host, else a bare label by first label, where exactly one of each has it.
func matchNames(declared, seen []string) map[string]int {
	taken := map[string]int{} // seen -> declared
	used := make([]bool, len(declared))
	pass := func(same func(d, s hostPort) bool) {
		for i, d := range declared {
			if used[i] {
				continue
			}
			for _, s := range seen {
				if _, ok := taken[s]; !ok && same(splitHostPort(d), splitHostPort(s)) {
					taken[s], used[i] = i, true
					break
				}
			}
		}
	}
	pass(func(d, s hostPort) bool { return d == s })
	pass(func(d, s hostPort) bool { return d.host == s.host })
	dLabels, sLabels := labels(declared), labels(seen)
	pass(func(d, s hostPort) bool {
		bare := d.bare() || s.bare()
		return bare && d.label() == s.label() && dLabels[d.label()] == 1 && sLabels[s.label()] == 1
	})
	for _, s := range seen { // a weak name has no port, and is the same coordinator
		if _, ok := taken[s]; ok {
			continue
		}
		for _, other := range seen {
			i, ok := taken[other]
			if a, b := splitHostPort(s), splitHostPort(other); ok && a.host == b.host && (a.port == "" || b.port == "") {
				taken[s] = i
				break
			}
		}
	}
	return taken
}

// hostPort is a coordinator's name, made comparable.
type hostPort struct{ host, port string }

// splitHostPort drops the scheme, case, path and trailing dot.
func splitHostPort(name string) hostPort {
	name = strings.ToLower(strings.TrimSpace(name))
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, "/")
	h := hostPort{host: name}
	if i := strings.LastIndexByte(name, ':'); i >= 0 && (strings.Count(name, ":") == 1 || strings.Contains(name, "]:")) {
		h = hostPort{host: name[:i], port: name[i+1:]}
	}
	h.host = strings.TrimSuffix(strings.Trim(h.host, "[]"), ".")
	return h
}

// label is the host's first label; an address has none and is its own.
func (h hostPort) label() string {
	if _, err := netip.ParseAddr(h.host); err == nil {
		return h.host
	}
	first, _, _ := strings.Cut(h.host, ".")
	return first
}

// bare reports whether the host is one label.
func (h hostPort) bare() bool { return !strings.ContainsAny(h.host, ".:") }

func labels(names []string) map[string]int {
	n := map[string]int{}
	for _, name := range names {
		n[splitHostPort(name).label()]++
	}
	return n
}
