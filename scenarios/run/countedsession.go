package run

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// countedSession is a session that is counted while it is open, and of which the
// record says how closing went.
type countedSession struct {
	Session
	run *run
	o   *scenarios.Observation
}

// counted counts the sessions that open opens.
func (r *run) counted(open OpenFunc) OpenFunc {
	return func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
		s, err := open(ctx, n, o)
		if err != nil {
			o.Open = int(r.opened.Load())
			return nil, err
		}
		o.Open = int(r.opened.Add(1))
		return &countedSession{s, r, o}, nil
	}
}

// Close ends the session.
func (s *countedSession) Close(ctx context.Context) error {
	defer s.run.opened.Add(-1)
	err := s.Session.Close(ctx)
	if record.Closed(s.o, err); err != nil {
		s.run.closing.failed.Add(1)
	}
	return err
}
