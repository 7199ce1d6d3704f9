package scenarios

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/bounds"
)

// Check fails on a result that contradicts itself, or that no run can have had, as
// [DecodeResult] does.
func (r Result) Check() error { return r.check() }

// check fails on a result that no run can have stored.
func (r Result) check() error {
	if err := r.checkConsistency(); err != nil {
		return err
	}
	if err := bounds.Check(r, checkBounds); err != nil {
		return err
	}
	if err := r.CheckCounts(); err != nil {
		return err
	}
	return r.checkParts()
}

// Bounds of the numbers in a result, so that sums over them do not overflow:
// counts, and times in seconds, which is some thirty years.
const (
	maxCount   = 1 << 40
	maxSeconds = 1e9
)

// maxSilent is the longest list of nodes without a certificate: a name has a few.
const maxSilent = 1 << 12

// maxLookGroups is the longest list of groups of one look: those with a place, and
// one without for each class and part.
const maxLookGroups = 8 * maxGroups

// checkBounds fails on a value that no run can have had. What a finding holds may
// be any number, and a scenario has checks of its own.
func checkBounds(v any) (within bool, err error) {
	switch v := v.(type) {
	case Scenario, Finding:
		return false, nil
	case int:
		if v < 0 || v > maxCount {
			return false, fmt.Errorf("invalid count %d", v)
		}
	case Seconds:
		if !(v >= 0 && v <= maxSeconds) {
			return false, fmt.Errorf("invalid time %g s", float64(v))
		}
	case float64:
		if !(v >= 0 && v <= maxCount) {
			return false, fmt.Errorf("invalid number %g", v)
		}
	case []SuccessGroup:
		return true, checkLength(len(v), maxLookGroups)
	case []FailureGroup:
		return true, checkLength(len(v), maxLookGroups)
	case []CloseTally:
		return true, checkLength(len(v), MaxCloses+1)
	case Extent:
		return true, v.check()
	case []Scout:
		return true, checkLength(len(v), MaxScouts)
	case []SilentNode:
		return true, checkLength(len(v), maxSilent)
	case []Certificate:
		return true, checkLength(len(v), MaxCertificates)
	case []HandleTally:
		return true, checkLength(len(v), MaxHandles)
	case Shard:
		return true, v.Check()
	case []SourceRun:
		return true, checkLength(len(v), MaxShards)
	case []BaselineFigure:
		return true, checkLength(len(v), maxLimits)
	case []AuditListener, []AuditTargets, []AuditTarget, []AuditFirewall, []AuditRule, []AuditPolicy, []AuditShown, []AuditUnread:
		return true, checkLength(reflect.ValueOf(v).Len(), MaxAudited)
	case []IdleStep:
		return true, checkLength(len(v), maxSteps)
	case Series:
		if v.Width != 0 && v.Width < 1 {
			return false, fmt.Errorf("points of %g s; a second is the least", float64(v.Width))
		}
	case []Point:
		return true, checkLength(len(v), MaxPoints)
	case Point:
		return true, v.check()
	}
	return true, nil
}

func checkLength(n, limit int) error {
	if n > limit {
		return fmt.Errorf("list of %d; the limit is %d", n, limit)
	}
	return nil
}

// checkConsistency fails where one part of a result contradicts another, so that
// it is unclear which of them is right.
func (r Result) checkConsistency() error {
	switch due := VerdictOf(r.Findings); {
	case r.Verdict == StatusPass && len(r.Findings) == 0:
		return errors.New("the verdict is pass, but there are no findings")
	case r.Verdict != due:
		return fmt.Errorf("the verdict is %s, but the findings give %s", r.Verdict, due)
	case r.Complete && r.Stopped != nil:
		return fmt.Errorf("complete is true, but the run was stopped (%.100q)", r.Stopped.By)
	case r.Verdict == StatusPass && !r.Complete:
		return errors.New("the verdict is pass, but the run is not complete")
	case r.Exit < 0 || r.Exit > 255: // the system keeps the last byte only: 256 would be a pass
		return fmt.Errorf("invalid exit code %d", r.Exit)
	case r.Exit != r.ExitCode() && !r.Signalled():
		return fmt.Errorf("the exit code is %d, but the verdict %s has exit code %d", r.Exit, r.Verdict, r.ExitCode())
	}
	return nil
}

// checkParts fails where a pass has what only runs of another kind have, or lacks
// what its own kind is judged by.
func (r Result) checkParts() error {
	if r.Verdict != StatusPass {
		return nil
	}
	parts := map[Kind]struct {
		key   string
		count int
	}{
		KindCapacity:    {"capacity", present(r.Capacity)},
		KindQuery:       {"queries", len(r.Queries)},
		KindIdle:        {"idle", present(r.Idle)},
		KindWatch:       {"watch", present(r.Watch)},
		KindHandleReuse: {"handles", len(r.Handles)},
		KindAudit:       {"audit", present(r.Audit)},
	}
	kind := r.Scenario.Kind.OrLooks()
	for _, k := range Kinds() {
		switch part, own := parts[k], k == kind; {
		case part.key == "":
		case own && part.count == 0:
			return fmt.Errorf("the verdict is pass, but there is no %q", part.key)
		case part.key == "audit" && kind.Has("audit.balancer"): // beside its sessions
		case !own && part.count > 0:
			return fmt.Errorf("there is %q, but the scenario is of kind %s", part.key, kind)
		}
	}
	return nil
}

func present[T any](part *T) int {
	if part == nil {
		return 0
	}
	return 1
}

// outcomeCounts is how many sessions ended how.
type outcomeCounts struct{ ok, failed, unknown int }

func (o outcomeCounts) sessions() int { return o.ok + o.failed + o.unknown }

func (o outcomeCounts) String() string {
	return fmt.Sprintf("%d ok, %d failed and %d unknown", o.ok, o.failed, o.unknown)
}

func (o *outcomeCounts) add(c Cell) {
	o.ok += c.OK
	o.failed += c.Failed
	o.unknown += c.Unknown
}

// addOutcome counts a session.
func (o *outcomeCounts) addOutcome(how Outcome) {
	switch how {
	case OutcomeOK:
		o.ok++
	case OutcomeFailed:
		o.failed++
	default:
		o.unknown++
	}
}

// cellSums is the cells of all looks, added up in every way in which a result does.
type cellSums struct {
	all   outcomeCounts
	nodes map[netip.AddrPort]*NodeTally
	names map[string]*outcomeCounts
}

// checkSums fails where counts do not add up: every count of sessions in a result
// is a sum over the cells of its looks.
func (r Result) checkSums() error {
	s := r.Sessions
	total := outcomeCounts{s.OK, s.Failed, s.Unknown}
	if s.Attempted != total.sessions() {
		return fmt.Errorf("sessions: %d attempted, but %s", s.Attempted, total)
	}
	sums := cellSums{nodes: map[netip.AddrPort]*NodeTally{}, names: map[string]*outcomeCounts{}}
	for i, l := range r.Looks {
		if err := sums.addLook(l); err != nil {
			return fmt.Errorf("looks[%d]: %w", i, err)
		}
	}
	if sums.all != total {
		return fmt.Errorf("sessions: %s, but the looks have %s", total, sums.all)
	}
	if n := countErrors(r.Errors); n != s.Failed {
		return fmt.Errorf("errors: they add up to %d, but %d sessions failed", n, s.Failed)
	}
	if err := sums.checkNodes(r.Nodes); err != nil {
		return err
	}
	return sums.checkCoordinators(r.Coords)
}

func (sums *cellSums) addLook(l Look) error {
	var all outcomeCounts
	for _, t := range []Tally{l.Tally, l.Burst} {
		for _, c := range t {
			all.add(c)
			sums.all.add(c)
			sums.addCell(c)
		}
	}
	if n := countErrors(l.Errors); n != all.failed {
		return fmt.Errorf("its errors add up to %d, but %d sessions failed", n, all.failed)
	}
	if err := l.checkGroups(all); err != nil {
		return err
	}
	if err := l.checkSeen(); err != nil {
		return err
	}
	return l.checkOrder()
}

// check fails on an extent that no sessions can have.
func (e Extent) check() error {
	if e.Count == 0 || e.First > e.Last || e.MinOpen > e.MaxOpen {
		return fmt.Errorf("%d sessions from %d to %d, %d to %d open", e.Count, e.First, e.Last, e.MinOpen, e.MaxOpen)
	}
	return nil
}

func (sums *cellSums) addCell(c Cell) {
	n := sums.nodes[c.Node]
	if n == nil {
		n = &NodeTally{Coordinators: map[string]int{}}
		sums.nodes[c.Node] = n
	}
	n.Sessions += c.Sessions()
	n.Failed += c.Failed
	if c.Coordinator == "" {
		n.Unidentified += c.Sessions()
		return
	}
	n.Coordinators[c.Coordinator] += c.Sessions()
	if sums.names[c.Coordinator] == nil {
		sums.names[c.Coordinator] = &outcomeCounts{}
	}
	sums.names[c.Coordinator].add(c)
}

// checkNodes compares the tallies of the nodes with the cells.
func (sums *cellSums) checkNodes(nodes []NodeTally) error {
	for _, n := range nodes {
		cells := sums.nodes[n.Address]
		delete(sums.nodes, n.Address)
		if cells == nil {
			cells = &NodeTally{}
		}
		if n.Sessions != cells.Sessions || n.Failed != cells.Failed || n.Unidentified != cells.Unidentified {
			return fmt.Errorf("nodes: %s has %d sessions (%d failed, %d unidentified), but %d (%d, %d) in the looks",
				n.Address, n.Sessions, n.Failed, n.Unidentified, cells.Sessions, cells.Failed, cells.Unidentified)
		}
		for name, count := range n.Coordinators {
			if count != cells.Coordinators[name] {
				return fmt.Errorf("nodes: %s has %d sessions on %q, but %d in the looks", n.Address, count, name, cells.Coordinators[name])
			}
			delete(cells.Coordinators, name)
		}
		for name, count := range cells.Coordinators {
			if count > 0 {
				return fmt.Errorf("nodes: %s has no sessions on %q, but %d in the looks", n.Address, name, count)
			}
		}
	}
	for node, n := range sums.nodes {
		if n.Sessions > 0 {
			return fmt.Errorf("nodes: %s is missing, but has %d sessions in the looks", node, n.Sessions)
		}
	}
	return nil
}

// checkCoordinators compares the tallies of the coordinators with the cells.
func (sums *cellSums) checkCoordinators(coords []CoordTally) error {
	for _, c := range coords {
		cells := sums.names[c.Name]
		delete(sums.names, c.Name)
		if cells == nil {
			cells = &outcomeCounts{}
		}
		if c.Sessions != cells.sessions() || c.Failed != cells.failed {
			return fmt.Errorf("coordinators: %q has %d sessions (%d failed), but %d (%d) in the looks",
				c.Name, c.Sessions, c.Failed, cells.sessions(), cells.failed)
		}
	}
	for name, n := range sums.names {
		if n.sessions() > 0 {
			return fmt.Errorf("coordinators: %q is missing, but has %d sessions in the looks", name, n.sessions())
		}
	}
	return nil
}

func countErrors(groups []ErrorGroup) int {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	return n
}
