package scenarios

import (
	"fmt"
	"math"
)

// CheckCounts fails where counts of the result do not add up: what was attempted is ok,
// failed or unknown, and each other count of sessions is a sum over the same ones, or a
// part of them. Its error names both numbers. Where the result is a run's own, such an
// error is a fault of the program that made it.
func (r Result) CheckCounts() error {
	for _, check := range []func() error{
		r.checkSums, r.checkBeside, r.checkShares, r.checkDetectable, r.checkCloses, r.checkErrors, r.checkPhases, r.checkLogins, r.checkLoad, r.checkTags,
		r.checkSeries, r.checkQueries, r.checkCapacity, r.checkIdle, r.checkWatch, r.checkHandles, r.checkSources,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// unmerged reports whether the result is of one run: a sum may lack what some of its parts
// lack, for they are of earlier versions, or what is more than it can hold.
func (r Result) unmerged() bool { return len(r.Sources) == 0 }

// beside counts the sessions that no look has.
func (s Sessions) beside() int { return s.Scout + s.Settle }

// checkBeside compares what is counted of sessions outside of looks.
func (r Result) checkBeside() error {
	s := r.Sessions
	scouts, refused, shown := 0, 0, 0
	for _, scout := range r.Scouts {
		scouts += scout.Attempts
	}
	for _, l := range r.Looks {
		refused += l.Refused
	}
	for _, c := range r.TLS {
		shown += c.Sessions
	}
	most := s.Attempted + s.beside() + s.Refused
	switch failures := len(r.Failures); {
	case scouts > s.Scout || scouts < s.Scout && len(r.Scouts) > 0 && r.unmerged():
		return fmt.Errorf("scouts: they made %d attempts, but sessions.scout is %d", scouts, s.Scout)
	case refused > s.Refused:
		return fmt.Errorf("looks: %d sessions were refused, but sessions.refused is %d", refused, s.Refused)
	case shown > most:
		return fmt.Errorf("tls: certificates of %d sessions, but there were %d", shown, most)
	case failures > MaxFailures:
		return fmt.Errorf("failures: list of %d; the limit is %d", failures, MaxFailures)
	case failures > s.Failed+s.beside() || failures < min(s.Failed, MaxFailures) && failures > 0:
		return fmt.Errorf("failures: %d are listed, but %d sessions failed, and %d more were before the first look", failures, s.Failed, s.beside())
	case r.HTTP != nil && r.HTTP.Reauthentications > r.HTTP.Requests:
		return fmt.Errorf("http: %d of %d requests were sent once more", r.HTTP.Reauthentications, r.HTTP.Requests)
	}
	return nil
}

// checkShares compares the shares of coordinators with their sessions, where they are said.
func (r Result) checkShares() error {
	const rounding = 1e-6
	total := 0
	for _, c := range r.Coords {
		total += c.Sessions
	}
	for _, c := range r.Coords {
		if share := float64(c.Sessions) / float64(max(1, total)); c.Share != 0 && math.Abs(c.Share-share) > rounding {
			return fmt.Errorf("coordinators: the share of %.100q is %g, but it has %d of %d sessions", c.Name, c.Share, c.Sessions, total)
		}
	}
	return nil
}

// checkCloses compares closing with opening: each good session was closed, or is left
// open. A result of an earlier version has no closes.
func (r Result) checkCloses() error {
	s, closes, failed := r.Sessions, 0, 0
	for _, c := range r.Closes {
		if c.Failed > c.Closes {
			return fmt.Errorf("closes: %d of %d failed on %.100q", c.Failed, c.Closes, c.Coordinator)
		}
		closes += c.Closes
		failed += c.Failed
	}
	switch {
	case failed > s.LeftOpen:
		return fmt.Errorf("closes: %d failed, but %d sessions are left open", failed, s.LeftOpen)
	case closes > s.OK+s.beside():
		return fmt.Errorf("closes: %d of good sessions, but %d were good, and %d more were before the first look", closes, s.OK, s.beside())
	case closes > 0 && closes < s.OK && r.unmerged():
		return fmt.Errorf("closes: %d of good sessions, but %d were good", closes, s.OK)
	case s.LeftOpen > 0 && !kinds[r.Scenario.Kind.OrLooks()].sessions:
		return fmt.Errorf("sessions: %d are left open, but there are none in a scenario of kind %s", s.LeftOpen, r.Scenario.Kind)
	case closes-failed+s.LeftOpen > s.Attempted+s.beside():
		return fmt.Errorf("sessions: %d were closed and %d are left open, but %d were attempted, and %d more before the first look", closes-failed, s.LeftOpen, s.Attempted, s.beside())
	}
	return nil
}

// checkDetectable fails on a chance above 1; the bounds of all numbers refuse negative ones.
func (r Result) checkDetectable() error {
	if d := r.Detect; d != nil && max(d.Dead, d.Hot3x, d.Hot2x, d.Half) > 1 {
		return fmt.Errorf("detectable: chances of %g, %g, %g and %g; 1 is certain", d.Dead, d.Hot3x, d.Hot2x, d.Half)
	}
	return nil
}

// errorKey is a class of failures on one coordinator.
type errorKey struct {
	class       Class
	coordinator string
}

// checkErrors compares the failures of the whole with those of the looks.
func (r Result) checkErrors() error {
	due := map[errorKey]int{}
	for _, l := range r.Looks {
		for _, g := range l.Errors {
			due[errorKey{g.Class, g.Coordinator}] += g.Count
		}
	}
	for _, g := range r.Errors {
		k := errorKey{g.Class, g.Coordinator}
		if g.Count != due[k] {
			return fmt.Errorf("errors: %d %s on %.100q, but %d in the looks", g.Count, g.Class, g.Coordinator, due[k])
		}
		delete(due, k)
	}
	for k, n := range due {
		if n > 0 {
			return fmt.Errorf("errors: no %s on %.100q, but %d in the looks", k.class, k.coordinator, n)
		}
	}
	return nil
}

// checkSources compares a sum with its parts.
func (r Result) checkSources() error {
	sum := 0
	for _, s := range r.Sources {
		sum += s.Sessions
	}
	if !r.unmerged() && sum != r.Sessions.Attempted {
		return fmt.Errorf("sources: they attempted %d sessions, but the sum has %d", sum, r.Sessions.Attempted)
	}
	return nil
}
