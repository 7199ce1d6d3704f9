package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/livepage"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// serveOn listens for browsers, and says where.
func (o *output) serveOn(e env) (*livepage.Server, error) {
	s, err := livepage.Listen(o.serve)
	if err != nil {
		return nil, fmt.Errorf("--serve %s: %w", o.serve, err)
	}
	fmt.Fprintf(e.err, "serve: %s shows the run while it lasts\n", s.URL())
	return s, nil
}

// showSoFar is for a run's option SoFar; nil where nothing is served.
func (o *outputs) showSoFar() func(func() scenarios.Result) {
	if o.live == nil && o.metrics == nil {
		return nil
	}
	return func(soFar func() scenarios.Result) {
		if o.metrics != nil {
			o.metrics.show(soFar)
		}
		if o.live == nil {
			return
		}
		o.live.Show(func(w io.Writer, again time.Duration) error {
			return report.WriteRunning(w, soFar(), o.o.style(), again)
		})
	}
}

// showEnd shows the result to who followed the run.
func (o *outputs) showEnd(ctx context.Context, r scenarios.Result) {
	if o.metrics != nil {
		o.metrics.show(func() scenarios.Result { return r })
	}
	if o.live == nil {
		return
	}
	o.live.Finish(ctx, func(w io.Writer, _ time.Duration) error {
		return report.Write(w, report.FormatHTML, r, o.o.style())
	})
}

// close ends what was served.
func (o *outputs) close() {
	if o.metrics != nil {
		o.metrics.close()
	}
	if o.live != nil {
		o.live.Close()
	}
}
