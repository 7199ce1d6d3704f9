package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// addTimes adds how long things took.
func (s *sum) addTimes(m scenarios.Measured) {
	s.r.Phases.Merge(m.Phases)
	for _, t := range m.Tags {
		key := tagKey{t.Metric, t.Tag, t.Value}
		if s.tags[key] == nil {
			if len(s.tags) >= scenarios.MaxTags {
				s.cut(partTags)
				continue
			}
			s.tags[key] = &scenarios.Times{}
		}
		s.tags[key].Merge(t.Times)
	}
	switch {
	case m.Logins == nil:
	case m.Logins.Times == nil:
		s.untimed = true
	default:
		s.logins.Merge(*m.Logins.Times)
		if !s.logins.Coordinators.Has(m.Logins.Times.Coordinators) || !s.logins.Nodes.Has(m.Logins.Times.Nodes) {
			s.cut(partLogins)
		}
	}
	if m.Load != nil {
		s.addLoad(*m.Load)
	}
	if m.Series != nil {
		if s.r.Series == nil {
			s.r.Series = &scenarios.Series{}
		}
		s.r.Series.MergeAt(*m.Series, s.offset)
	}
}

// addLoad adds how punctual sessions were; what they took of a machine is that of the
// machine that had least to spare.
func (s *sum) addLoad(l scenarios.LoadStats) {
	if s.r.Load == nil {
		s.r.Load = &scenarios.LoadStats{Cores: l.Cores, OfCores: l.OfCores}
	}
	into := s.r.Load
	into.Merge(l)
	if busy(l) > busy(*into) {
		into.Cores, into.OfCores = l.Cores, l.OfCores
	}
	needs := slices.Clone(into.Needs)
	for _, n := range l.Needs {
		i := slices.IndexFunc(needs, func(o scenarios.Resource) bool { return o.Name == n.Name })
		switch {
		case i < 0:
			needs = append(needs, n)
		case scarcity(n) > scarcity(needs[i]):
			needs[i] = n
		}
	}
	into.Needs = needs
}

func busy(l scenarios.LoadStats) float64 { return l.Cores / float64(max(1, l.OfCores)) }

// scarcity is how much of a resource the plan takes; 0 where that is not known.
func scarcity(r scenarios.Resource) float64 {
	if r.Have == 0 {
		return 0
	}
	return float64(r.Need) / float64(r.Have)
}

// tagTimes are the times by tag, sorted.
func (s *sum) tagTimes() []scenarios.TagTimes {
	var out []scenarios.TagTimes
	for key, times := range s.tags {
		out = append(out, scenarios.TagTimes{Metric: key.metric, Tag: key.tag, Value: key.value, Times: *times})
	}
	scenarios.SortTags(out)
	return out
}

// addPlaces adds what was learned of nodes and coordinators besides their sessions.
func (s *sum) addPlaces(m scenarios.Measured) {
	for _, n := range m.Nodes {
		s.nodes.add(n, s.offset)
	}
	for _, scout := range m.Scouts {
		s.addScout(scout)
	}
	for _, c := range m.TLS {
		s.addCert(c)
	}
	for _, p := range m.Pages {
		s.addPage(p)
	}
	if s.probe == nil {
		s.probe = m.Probe
	}
	for _, name := range m.OnThisMachine {
		if !slices.Contains(s.r.OnThisMachine, name) {
			s.r.OnThisMachine = append(s.r.OnThisMachine, name)
		}
	}
	slices.Sort(s.r.OnThisMachine)
}

// addScout keeps of each node what the run met there that found it hardest to get in.
func (s *sum) addScout(scout scenarios.Scout) {
	i, ok := s.scoutAt[scout.Address]
	switch {
	case !ok && len(s.r.Scouts) >= scenarios.MaxScouts:
		s.cut(partScouts)
	case !ok:
		s.scoutAt[scout.Address] = len(s.r.Scouts)
		s.r.Scouts = append(s.r.Scouts, scout)
	case hardship(scout) > hardship(s.r.Scouts[i]):
		s.r.Scouts[i] = scout
	}
}

func hardship(s scenarios.Scout) int {
	rank := map[scenarios.Outcome]int{scenarios.OutcomeOK: 0, scenarios.OutcomeUnknown: 1, scenarios.OutcomeFailed: 2}[s.Outcome]
	if s.Refused {
		rank = 3
	}
	return rank<<32 + min(s.Attempts, 1<<31)
}

// addCert pools what nodes presented, as long as all machines say the same of it.
func (s *sum) addCert(c scenarios.Cert) {
	key := certKeyOf(c)
	i, ok := s.certAt[key]
	switch {
	case !ok && len(s.r.TLS) >= maxCerts:
		s.cut(partCerts)
	case !ok:
		s.certAt[key] = len(s.r.TLS)
		s.r.TLS = append(s.r.TLS, c)
	default:
		have := &s.r.TLS[i]
		have.Sessions += c.Sessions
		if c.Seen.Before(have.Seen) {
			have.Seen = c.Seen
		}
	}
}

func sortCerts(certs []scenarios.Cert) {
	slices.SortStableFunc(certs, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.ChainFingerprint, b.ChainFingerprint))
	})
}

// pageKey is one view of a coordinator.
type pageKey struct {
	coordinator string
	when        scenarios.PageTime
}

// addPage keeps of each coordinator the first page from before, the last from after, and
// of those from meanwhile the one with the most in use.
func (s *sum) addPage(p scenarios.Page) {
	p.At += scenarios.SecondsOf(s.offset)
	key := pageKey{p.Coordinator, p.When}
	have, ok := s.pages[key]
	if !ok || have.Err != "" && p.Err == "" || (have.Err == "") == (p.Err == "") && better(p, have) {
		s.pages[key] = p
	}
}

func better(p, than scenarios.Page) bool {
	switch p.When {
	case scenarios.PageBefore:
		return p.At < than.At
	case scenarios.PageDuring:
		return p.InUse != nil && (than.InUse == nil || *p.InUse > *than.InUse)
	}
	return p.At > than.At
}

func (s *sum) orderedPages() []scenarios.Page {
	var out []scenarios.Page
	for _, p := range s.pages {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b scenarios.Page) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Coordinator, b.Coordinator), cmp.Compare(a.When, b.When))
	})
	return out
}
