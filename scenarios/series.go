package scenarios

import (
	"fmt"
	"slices"
	"time"
)

// Series is a run second by second, in constant memory: where it would hold
// more than MaxPoints, two adjacent points become one and the width doubles. The zero value
// is empty and ready to use, with points of a second.
type Series struct {
	Width  Seconds `json:"width_s"` // of a point; 0: a second
	Points []Point `json:"points"`  // from the start of the run
}

// MaxPoints bounds a series.
const MaxPoints = 600

// Point is what happened in one interval of a series. Sessions and their times
// count in the interval in which they started, Held and Open at its end.
type Point struct {
	Started  int         `json:"started"`
	OK       int         `json:"ok"`
	Failed   int         `json:"failed"`
	Held     int         `json:"held"`           // of the open ones, those that the scenario holds
	Open     int         `json:"open,omitempty"` // all; results of earlier versions lack it
	LoginMax Seconds     `json:"login_max_s"`
	LagMax   Seconds     `json:"lag_max_s"`
	Logins   CoarseTimes `json:"logins,omitzero"` // as load.login; empty where some are not known, as in results of earlier versions
}

// Login is the time that a share q (0 to 1) of the logins did not exceed, within 9.1 % and
// no longer than the longest; false where it is not known.
func (p Point) Login(q float64) (time.Duration, bool) {
	return min(p.Logins.Quantile(q), p.LoginMax.Duration()), !p.Logins.IsZero()
}

// Add counts a session that has ended. Those that were not tallied, as scouts
// and refused ones, are not the caller's to add.
func (s *Series) Add(o Observation) {
	s.count(o)
	if !o.LoggedIn() {
		return
	}
	opened := o.Start + o.Login() - o.Lag()
	s.between(opened, o.End, func(p *Point) { p.Open++ })
	if o.Part == PartHeld {
		s.between(opened, o.End, func(p *Point) { p.Held++ })
	}
}

// count counts a session in the interval in which it started.
func (s *Series) count(o Observation) {
	p := Point{Started: 1, LagMax: SecondsOf(o.Lag())}
	switch o.Outcome {
	case OutcomeOK:
		p.OK = 1
	case OutcomeFailed:
		p.Failed = 1
	}
	if o.LoggedIn() {
		p.LoginMax = SecondsOf(o.Login())
		p.Logins.Record(o.Login())
	}
	s.at(o.Start).count(p)
}

// between visits the intervals at the end of which a session is there that came and left
// at some times.
func (s *Series) between(from, until time.Duration, visit func(*Point)) {
	if until <= from {
		return
	}
	s.at(until) // which may widen the points
	for i := s.index(from); i < s.index(until); i++ {
		visit(&s.Points[i])
	}
}

// Merge adds all that other holds.
func (s *Series) Merge(other Series) {
	if len(other.Points) == 0 {
		return
	}
	other.Points = clonePoints(other.Points)
	for s.width() < other.width() {
		s.fold()
	}
	for other.width() < s.width() {
		other.fold()
	}
	s.grow(len(other.Points))
	for i, p := range other.Points {
		s.Points[i].count(p)
		s.Points[i].Held += p.Held
		s.Points[i].Open += p.Open
	}
}

// MergeAt adds what a run recorded that began so much later, to the nearest point.
func (s *Series) MergeAt(other Series, later time.Duration) {
	if len(other.Points) == 0 {
		return
	}
	other.Points = clonePoints(other.Points)
	half := func() time.Duration { return other.width().Duration() / 2 }
	for other.index(later+half())+len(other.Points) > MaxPoints {
		other.fold()
	}
	other.Width = other.width()
	other.Points = append(make([]Point, other.index(later+half())), other.Points...)
	s.Merge(other)
}

// at is the point of a time, made where it is missing.
func (s *Series) at(d time.Duration) *Point {
	for s.index(d) >= MaxPoints {
		s.fold()
	}
	i := s.index(d)
	s.grow(i + 1)
	return &s.Points[i]
}

// grow makes the series at least n points long.
func (s *Series) grow(n int) {
	s.Width = s.width()
	for len(s.Points) < n {
		s.Points = append(s.Points, Point{})
	}
}

// index is the interval of a time; one before the run began belongs to the first.
func (s *Series) index(d time.Duration) int {
	return max(0, int(d/s.width().Duration()))
}

func (s *Series) width() Seconds {
	if s.Width == 0 {
		return 1
	}
	return s.Width
}

// fold makes one point of two and doubles the width.
func (s *Series) fold() {
	half := s.Points[:0]
	for i := 0; i < len(s.Points); i += 2 {
		p := s.Points[i]
		if i+1 < len(s.Points) {
			p.Follow(s.Points[i+1])
		}
		half = append(half, p)
	}
	s.Points, s.Width = half, 2*s.width()
}

// Follow takes in the interval that comes next.
func (p *Point) Follow(next Point) {
	p.Held, p.Open = next.Held, next.Open
	p.count(next)
}

// count adds the sessions of another interval, and keeps the longer times.
func (p *Point) count(other Point) {
	if p.knowsLogins() && other.knowsLogins() {
		p.Logins.Merge(other.Logins)
	} else {
		p.Logins = CoarseTimes{} // a part of them would pass for all
	}
	p.Started += other.Started
	p.OK += other.OK
	p.Failed += other.Failed
	p.LoginMax = max(p.LoginMax, other.LoginMax)
	p.LagMax = max(p.LagMax, other.LagMax)
}

// knowsLogins reports whether each login of an interval is counted.
func (p Point) knowsLogins() bool { return p.LoginMax == 0 || !p.Logins.IsZero() }

// check fails on an interval that no run can have had.
func (p Point) check() error {
	if n := p.Logins.Count(); n > p.Started {
		return fmt.Errorf("%d logins of %d sessions", n, p.Started)
	}
	return nil
}

// clonePoints returns a copy that shares nothing.
func clonePoints(points []Point) []Point {
	out := slices.Clone(points)
	for i := range out {
		out[i].Logins = out[i].Logins.Clone()
	}
	return out
}
