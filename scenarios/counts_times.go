package scenarios

import "fmt"

// checkPhases compares how often a phase was timed with the sessions that may have gone
// through it: good ones, and in results of earlier versions others, too. Names are resolved
// for all of them.
func (r Result) checkPhases() error {
	most := r.Sessions.Attempted + r.Sessions.Refused
	for p := range NumPhases {
		if n := r.Phases.Count(p); p != PhaseResolve && n > most {
			return fmt.Errorf("phases: %s was timed %d times, but there were %d sessions", p, n, most)
		}
	}
	return nil
}

// checkLogins compares the times of logins with the sessions that logged in, and their
// short form with the times.
func (r Result) checkLogins() error {
	if r.Logins == nil {
		return nil
	}
	s, all := r.Sessions, r.Logins.All.Count
	if all > s.OK+s.Failed {
		return fmt.Errorf("logins: %d were timed, but %d sessions were good and %d failed", all, s.OK, s.Failed)
	}
	if t := r.Logins.Times; t != nil {
		if n := t.All.Count(); n != all {
			return fmt.Errorf("logins: %d, but the times of %d", all, n)
		}
		if c, n := t.Coordinators.count(), t.Nodes.count(); max(c, n) > all {
			return fmt.Errorf("logins: %d, but %d by coordinators and %d by nodes", all, c, n)
		}
		for name, spread := range r.Logins.Coordinators {
			if n := t.Coordinators[name].Count(); n != spread.Count {
				return fmt.Errorf("logins: %d on %.100q, but the times of %d", spread.Count, name, n)
			}
		}
	}
	if err := r.checkCoordinatorLogins(); err != nil {
		return err
	}
	return r.checkNodeLogins()
}

// count is how many times there are of all names.
func (t TimesByName) count() int {
	n := 0
	for _, times := range t {
		n += times.Count()
	}
	return n
}

func (r Result) checkCoordinatorLogins() error {
	for _, c := range r.Coords {
		logins, timed := r.Logins.Coordinators[c.Name]
		switch {
		case logins.Count > c.Sessions:
			return fmt.Errorf("logins: %d on %.100q, but it has %d sessions", logins.Count, c.Name, c.Sessions)
		case timed && c.Login != nil && c.Login.Count != logins.Count:
			return fmt.Errorf("coordinators: %.100q has %d logins, but %d were timed", c.Name, c.Login.Count, logins.Count)
		}
	}
	return nil
}

func (r Result) checkNodeLogins() error {
	for _, n := range r.Nodes {
		if n.Login == nil {
			continue
		}
		if n.Login.Count > n.Sessions {
			return fmt.Errorf("nodes: %s has %d logins, but %d sessions", n.Address, n.Login.Count, n.Sessions)
		}
		if over := r.Logins.Over(n.Address); over != nil && over.Count != n.Login.Count {
			return fmt.Errorf("nodes: %s has %d logins, but %d were timed", n.Address, n.Login.Count, over.Count)
		}
	}
	return nil
}

// checkLoad compares the schedule with the sessions that had one.
func (r Result) checkLoad() error {
	if r.Load == nil {
		return nil
	}
	s, l := r.Sessions, r.Load
	lag, owed, login := l.Lag.Count(), l.Owed.Count(), l.Login.Count()
	switch {
	case lag > s.Attempted:
		return fmt.Errorf("load: the lag of %d sessions, but %d were attempted", lag, s.Attempted)
	case owed != lag && owed > 0:
		return fmt.Errorf("load: the lag of %d sessions, but what was owed of it of %d", lag, owed)
	case l.Late > lag:
		return fmt.Errorf("load: %d of %d sessions were late", l.Late, lag)
	case login > s.OK+s.Failed:
		return fmt.Errorf("load: %d logins were timed, but %d sessions were good and %d failed", login, s.OK, s.Failed)
	case r.Logins != nil && r.unmerged() && login != r.Logins.All.Count:
		return fmt.Errorf("load: %d logins were timed, but %d in logins", login, r.Logins.All.Count)
	}
	return nil
}

// checkTags compares times by tag with the sessions that may have it.
func (r Result) checkTags() error {
	on := map[string]int{}
	for _, c := range r.Coords {
		on[c.Name] = c.Sessions
	}
	for _, t := range r.Tags {
		most := r.Sessions.Attempted
		if t.Tag == TagCoordinator {
			most = on[t.Value]
		}
		if n := t.Times.Count(); n > most {
			return fmt.Errorf("tags: %.50s was timed %d times for %s %.100q, but of %d sessions", t.Metric, n, t.Tag, t.Value, most)
		}
	}
	return nil
}

// checkSeries compares the points of time with the whole.
func (r Result) checkSeries() error {
	if r.Series == nil || len(r.Series.Points) == 0 {
		return nil
	}
	var sum Point
	for i, p := range r.Series.Points {
		if p.OK+p.Failed > p.Started {
			return fmt.Errorf("series.points[%d]: %d ok and %d failed, but %d started", i, p.OK, p.Failed, p.Started)
		}
		if p.Held > p.Open && p.Open > 0 {
			return fmt.Errorf("series.points[%d]: %d held, but %d open", i, p.Held, p.Open)
		}
		sum.Started += p.Started
		sum.OK += p.OK
		sum.Failed += p.Failed
	}
	s := r.Sessions
	if all := (outcomeCounts{s.OK, s.Failed, s.Unknown}); sum.Started > s.Attempted || r.unmerged() && (sum.Started != s.Attempted || sum.OK != s.OK || sum.Failed != s.Failed) {
		return fmt.Errorf("series: its points have %d sessions, %d ok and %d failed, but there were %d, %s", sum.Started, sum.OK, sum.Failed, s.Attempted, all)
	}
	return nil
}
