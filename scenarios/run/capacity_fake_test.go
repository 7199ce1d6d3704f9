package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// service is a fake one with coordinators of so many threads, behind a balancer
// that chooses the one with the fewest connections. Who finds no thread waits.
type service struct {
	coordinators, threads int
	deaf                  bool                             // who waited once never gets in
	answer                func(i int) error                // of login i, the scout's is 0; nil: it gets in
	identify              func(context.Context, int) error // nil: who answers is known
	ping                  func(i int) error                // of the session of login i; nil: alive
	pingTakes             time.Duration                    // of asking
	closeTakes            time.Duration                    // of closing; cut short by its context
	opening               func(context.Context)            // sees each login's context
	refused               func(node Node, i int) bool      // certificate

	mu               sync.Mutex
	logins           int
	used, queue      []int // by coordinator: threads taken, and connections waiting
	freed            chan struct{}
	open             int
	underWay         int // logins, now
	maxUnderWay      int
	maxWaitingLogins int
	givenUp          []int // sessions open when a waiting login was cancelled
	asked            int
}

var errLate = errors.New("no end of it")

func (s *service) dial(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
	i, at := s.arrive(ctx)
	defer func() { s.change(func() { s.underWay-- }) }()
	if s.refused != nil && s.refused(n, i) {
		s.change(func() { s.queue[at]-- })
		o.Refused = true
		return nil, fault{"tls.expired", ""}
	}
	err := pause(ctx, 10*time.Millisecond)
	if err == nil && s.answer != nil {
		err = s.answer(i)
	}
	if err == nil {
		begin := time.Now()
		if err = s.wait(ctx, at); err == nil {
			o.Phases[scenarios.PhaseTCP], o.Phases[scenarios.PhaseOpen] = time.Millisecond, 9*time.Millisecond+time.Since(begin)
		}
	}
	if err != nil {
		s.change(func() { s.queue[at]-- })
		return nil, err
	}
	o.Who = scenarios.Identity{Coordinator: fmt.Sprintf("coord-%d:25000", at+1), Source: scenarios.SourcePing}
	return &place{s, i, at}, nil
}

// arrive chooses a coordinator.
func (s *service) arrive(ctx context.Context) (i, at int) {
	if s.opening != nil {
		s.opening(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used == nil {
		s.used, s.queue = make([]int, s.coordinators), make([]int, s.coordinators)
		s.freed = make(chan struct{})
	}
	i = s.logins
	s.logins++
	s.underWay++
	s.maxUnderWay = max(s.maxUnderWay, s.underWay)
	for c := range s.used {
		if s.used[c]+s.queue[c] < s.used[at]+s.queue[at] {
			at = c
		}
	}
	s.queue[at]++
	return i, at
}

// wait takes a thread, or waits for one.
func (s *service) wait(ctx context.Context, at int) error {
	waited := false
	for {
		s.mu.Lock()
		if s.used[at] < s.threads && (!waited || !s.deaf) {
			s.used[at]++
			s.queue[at]--
			s.open++
			s.mu.Unlock()
			return nil
		}
		freed := s.freed
		waiting := 0
		for c := range s.used {
			waiting += max(0, s.used[c]+s.queue[c]-s.threads)
		}
		s.maxWaitingLogins = max(s.maxWaitingLogins, waiting)
		s.mu.Unlock()
		waited = true
		select {
		case <-freed:
		case <-ctx.Done():
			s.change(func() { s.givenUp = append(s.givenUp, s.open) })
			return fault{"open.canceled", ""}
		}
	}
}

func (s *service) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// place is a session that has a thread.
type place struct {
	s     *service
	i, at int
}

func (p *place) Query(context.Context) error { return nil }

func (p *place) Identify(ctx context.Context) error {
	if p.s.identify == nil {
		return nil
	}
	return p.s.identify(ctx, p.i)
}

func (p *place) Wait(ctx context.Context, d time.Duration) error { return pause(ctx, d) }

func (p *place) Ping(ctx context.Context) error {
	p.s.change(func() { p.s.asked++ })
	if err := pause(ctx, p.s.pingTakes); err != nil {
		return err
	}
	if p.s.ping == nil {
		return nil
	}
	err := p.s.ping(p.i)
	if errors.Is(err, errLate) {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (p *place) Close(ctx context.Context) error {
	var takes time.Duration
	p.s.change(func() { takes = p.s.closeTakes })
	err := pause(ctx, takes)
	p.s.change(func() {
		p.s.open--
		p.s.used[p.at]--
		close(p.s.freed)
		p.s.freed = make(chan struct{})
	})
	return err
}

// toHold is a scenario of kind capacity over two nodes: logins at 10/s, which
// have a second each.
func toHold(c scenarios.CapacityConfig) scenarios.Scenario {
	s := scenario(40)
	s.Kind, s.Capacity = scenarios.KindCapacity, c
	s.Load.Sessions = 0 // of looks alone
	s.Load.Timeout = scenarios.Duration(time.Second)
	return s
}

// held runs a scenario against the service and checks what always holds.
func held(ctx context.Context, t *testing.T, s *service, sc scenarios.Scenario, opt Options) (scenarios.Result, []scenarios.Observation) {
	t.Helper()
	var seen []scenarios.Observation
	opt.Observe = func(o scenarios.Observation) { seen = append(seen, o) }
	opt.judge, opt.plan = content, plain
	r := Run(ctx, s.dial, sc, opt)
	checkSums(t, r)
	if s.open != 0 || s.underWay != 0 {
		t.Errorf("%d sessions are still open, %d logins under way", s.open, s.underWay)
	}
	if n := r.Sessions.Attempted + r.Sessions.Scout + r.Sessions.Refused; len(seen) != s.logins || n < s.logins {
		t.Errorf("%d logins, %d observations, sessions = %+v", s.logins, len(seen), r.Sessions)
	}
	if c := r.Capacity; c != nil {
		sum := 0
		for _, h := range c.Holders {
			sum += h.Held
		}
		if sum != c.Held || c.Survived+c.Lost > c.Held {
			t.Errorf("capacity does not add up: %+v", c)
		}
	}
	return r, seen
}
