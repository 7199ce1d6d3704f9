package batch

import (
	"net/netip"
	"strings"
)

// MatchNames lays the names seen to the declared ones: by host and port, else by
// host, else a bare label by first label, where exactly one of each has it.
func MatchNames(declared, seen []string) map[string]int {
	taken := map[string]int{} // seen -> declared
	used := make([]bool, len(declared))
	pass := func(same func(d, s HostPort) bool) {
		for i, d := range declared {
			if used[i] {
				continue
			}
			for _, s := range seen {
				if _, ok := taken[s]; !ok && same(SplitHostPort(d), SplitHostPort(s)) {
					taken[s], used[i] = i, true
					break
				}
			}
		}
	}
	pass(func(d, s HostPort) bool { return d == s })
	pass(func(d, s HostPort) bool { return d.Host == s.Host })
	dLabels, sLabels := labels(declared), labels(seen)
	pass(func(d, s HostPort) bool {
		bare := d.bare() || s.bare()
		return bare && d.label() == s.label() && dLabels[d.label()] == 1 && sLabels[s.label()] == 1
	})
	for _, s := range seen { // a weak name has no port, and is the same coordinator
		if _, ok := taken[s]; ok {
			continue
		}
		for _, other := range seen {
			i, ok := taken[other]
			if a, b := SplitHostPort(s), SplitHostPort(other); ok && a.Host == b.Host && (a.Port == "" || b.Port == "") {
				taken[s] = i
				break
			}
		}
	}
	return taken
}

// HostPort is a coordinator's name, made comparable.
type HostPort struct{ Host, Port string }

// SplitHostPort drops the scheme, case, path and trailing dot.
func SplitHostPort(name string) HostPort {
	name = strings.ToLower(strings.TrimSpace(name))
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, "/")
	h := HostPort{Host: name}
	if i := strings.LastIndexByte(name, ':'); i >= 0 && (strings.Count(name, ":") == 1 || strings.Contains(name, "]:")) {
		h = HostPort{Host: name[:i], Port: name[i+1:]}
	}
	h.Host = strings.TrimSuffix(strings.Trim(h.Host, "[]"), ".")
	return h
}

// label is the host's first label; an address has none and is its own.
func (h HostPort) label() string {
	if _, err := netip.ParseAddr(h.Host); err == nil {
		return h.Host
	}
	first, _, _ := strings.Cut(h.Host, ".")
	return first
}

// bare reports whether the host is one label.
func (h HostPort) bare() bool { return !strings.ContainsAny(h.Host, ".:") }

func labels(names []string) map[string]int {
	n := map[string]int{}
	for _, name := range names {
		n[SplitHostPort(name).label()]++
	}
	return n
}
