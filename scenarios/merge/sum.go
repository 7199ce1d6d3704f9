package merge

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ownSettings are those that each machine of one run may have of its own.
var ownSettings = []string{"description", "seed", "load.local_addresses"}

// maxSpan is how long after the first a run may have begun.
const maxSpan = 365 * 24 * time.Hour

// sum is what was measured by all documents so far.
type sum struct {
	o      Options
	r      scenarios.Result
	first  string            // name of the first document; "": there is none yet
	groups int               // there will be
	names  map[string]string // of documents, by the runs that they hold
	began  time.Time
	offset time.Duration // of the document that is being added, from began on

	batches [][]scenarios.Look // by place, of the groups that have ended
	group   [][]scenarios.Look // the same of the one that has not
	pids    [][]processes      // of the looks in group
	nodes   nodeSum
	tags    map[tagKey]*scenarios.Times
	logins  scenarios.LoginTimes
	untimed bool // some document has logins without their times
	pages   map[pageKey]scenarios.Page
	certAt  map[certKey]int        // places in r.TLS
	scoutAt map[netip.AddrPort]int // places in r.Scouts
	parts   []part                 // that are not whole
	said    []string               // remarks on the sum itself
	watch   watchSum
	held    capacitySum
	probe   *scenarios.Probe
	audited string // the document that what AWS said is of
}

type tagKey struct{ metric, tag, value string }

// newSum is ready for the chosen documents.
func newSum(c chosen, o Options) *sum {
	s := &sum{o: o, groups: len(c.groups), names: map[string]string{}, tags: map[tagKey]*scenarios.Times{}, pages: map[pageKey]scenarios.Page{}, certAt: map[certKey]int{}, scoutAt: map[netip.AddrPort]int{}}
	for i, group := range c.groups {
		for j, d := range group {
			if i+j == 0 || d.head.Started.Before(s.began) {
				s.began = d.head.Started
			}
		}
	}
	return s
}

// add adds a result. It fails where it is not of the same scenario, or cannot be
// summed.
func (s *sum) add(name string, r scenarios.Result) error {
	if err := errors.Join(s.fits(name, r), s.addAudit(name, r.Audit)); err != nil {
		return err
	}
	s.offset = r.Started.Sub(s.began)
	if s.offset > maxSpan {
		return fmt.Errorf("%s: it began %.0f days after the first run; %.0f are the most", name, s.offset.Hours()/24, maxSpan.Hours()/24)
	}
	sources := scenarios.SourcesOf(r)
	s.r.Sources = append(s.r.Sources, sources...)
	for _, run := range sources {
		s.names[run.Run] = name
	}
	s.r.Seconds = max(s.r.Seconds, s.offset.Seconds()+r.Seconds)
	s.addLooks(r.Looks)
	s.addCounts(r.Sessions)
	s.addTimes(r.Measured)
	s.addPlaces(r.Measured)
	s.addKinds(r.Measured, sources)
	s.r.Failures = mergeFailures(s.r.Failures, r.Failures)
	s.addCloses(r.Closes)
	s.cutBefore(r)
	for _, remark := range r.Remarks {
		s.remark(remark)
	}
	for _, t := range r.Unrecorded {
		if !slices.Contains(s.r.Unrecorded, t) {
			s.r.Unrecorded = append(s.r.Unrecorded, t)
		}
	}
	return nil
}

// fits takes in the scenario of the first document, and compares that of any other.
func (s *sum) fits(name string, r scenarios.Result) error {
	if s.o.DropBaselines {
		r.Baseline = nil
	}
	if err := checkKind(name, r.Scenario.Kind, s.groups); err != nil {
		return err
	}
	if s.first == "" {
		s.first = name
		s.r.Schema, s.r.Seed, s.r.Scenario, s.r.Baseline = r.Schema, r.Seed, r.Scenario, r.Baseline
		return nil
	}
	if differ := scenarios.Differences(s.r.Scenario, r.Scenario, ownSettings...); len(differ) > 0 {
		return fmt.Errorf("%s: its scenario is not that of %s: %s", name, s.first, differ[0])
	}
	if !reflect.DeepEqual(s.r.Baseline, r.Baseline) {
		return &BaselineError{First: s.first, Other: name, first: s.r.Baseline, other: r.Baseline}
	}
	return nil
}

// maxRemarks is how many remarks are kept: each machine may have noticed the same.
const maxRemarks = 64

func (s *sum) remark(text string) {
	switch {
	case slices.Contains(s.r.Remarks, text):
	case len(s.r.Remarks) >= maxRemarks:
		s.cut(partRemarks)
	default:
		s.r.Remarks = append(s.r.Remarks, text)
	}
}

// boundedRemarks are remarks of one kind on the sum itself: a document may have one each.
func boundedRemarks(all []string) []string {
	more := len(all) - maxRemarks
	if more <= 0 {
		return all
	}
	return append(all[:maxRemarks], fmt.Sprintf("%d more remarks like the last are left out", more))
}

func (s *sum) addCloses(closes []scenarios.CloseTally) {
	s.r.Closes = scenarios.MergeCloses(s.r.Closes, closes...)
	for _, c := range closes {
		_, found := slices.BinarySearchFunc(s.r.Closes, c.Coordinator, func(t scenarios.CloseTally, name string) int { return cmp.Compare(t.Coordinator, name) })
		if !found {
			s.cut(partCloses)
		}
	}
}

func (s *sum) addCounts(c scenarios.Sessions) {
	s.r.Sessions.LeftOpen += c.LeftOpen
	s.r.Sessions.Scout += c.Scout
	s.r.Sessions.Settle += c.Settle
	s.r.Sessions.Refused += c.Refused
}

// mergeFailures keeps the first of both by time.
func mergeFailures(a, b []scenarios.Failure) []scenarios.Failure {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(a, b scenarios.Failure) int { return a.Time.Compare(b.Time) })
	return all[:min(len(all), scenarios.MaxFailures)]
}

// result is the sum, of which the judges have said nothing yet.
func (s *sum) result(c chosen) (scenarios.Result, error) {
	if s.r.Watch != nil {
		coords, remarks := s.watch.appearances()
		s.r.Watch.Coords = coords
		for _, text := range remarks {
			s.remark(text)
		}
	}
	var apart *meeting
	s.r.Capacity, apart = s.held.sum(scenarios.Seconds(time.Duration(s.r.Scenario.Capacity.For).Seconds()))
	lacks, err := s.lacks(c, apart)
	if err != nil {
		return scenarios.Result{}, err
	}
	r := s.r
	r.Started = s.began
	r.Run = runOf(r.Sources)
	for _, text := range slices.Concat(c.remarks, s.said) {
		if !slices.Contains(r.Remarks, text) {
			r.Remarks = append(r.Remarks, text)
		}
	}
	r.Stopped = stopOf(r.Sources, lacks)
	r.Looks = []scenarios.Look{}
	for _, batch := range s.batches {
		r.Looks = append(r.Looks, batch...)
	}
	all := r.Pooled()
	r.Sessions.Count(all)
	r.Tags = s.tagTimes()
	if s.untimed {
		r.Remarks = append(r.Remarks, "how long logins took is left out: a result of an earlier version has no times that can be summed")
	} else {
		r.Logins = scenarios.LoginsOf(s.logins)
	}
	r.Nodes = s.nodes.tallies(all, r.Logins)
	sortCerts(r.TLS)
	r.Pages = s.orderedPages()
	if r.Sessions.OK == 0 {
		r.Probe = s.probe
	}
	if len(r.Sources) == 1 && r.Sources[0].Shard == nil {
		r.Sources = nil // it is the run itself
	}
	return r, nil
}

// nodeSum is the nodes of all documents, in the order of appearance.
type nodeSum struct {
	order []netip.AddrPort
	of    map[netip.AddrPort]scenarios.NodeTally
}

// add takes in when a node joined and left, which began to count at offset. It joined
// when the first run saw it, and has left when the last one has seen it leave.
func (n *nodeSum) add(t scenarios.NodeTally, offset time.Duration) {
	if n.of == nil {
		n.of = map[netip.AddrPort]scenarios.NodeTally{}
	}
	later := scenarios.SecondsOf(offset)
	if t.Joined > 0 || later > 0 {
		t.Joined += later
	}
	if t.Left > 0 {
		t.Left += later
	}
	have, ok := n.of[t.Address]
	if !ok {
		n.order = append(n.order, t.Address)
		n.of[t.Address] = t
		return
	}
	have.Joined = min(have.Joined, t.Joined)
	if have.Left == 0 || t.Left == 0 {
		have.Left = 0
	} else {
		have.Left = max(have.Left, t.Left)
	}
	n.of[t.Address] = have
}

// tallies are those of the nodes, also of one without a session.
func (n nodeSum) tallies(all scenarios.Tally, logins *scenarios.Logins) []scenarios.NodeTally {
	out := make([]scenarios.NodeTally, len(n.order))
	for i, address := range n.order {
		out[i] = scenarios.NodeTallyOf(address, all)
		out[i].Joined, out[i].Left = n.of[address].Joined, n.of[address].Left
		out[i].Login = logins.Over(address)
	}
	return out
}
