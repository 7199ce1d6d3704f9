package main

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/live"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// progress shows a run on stderr: a view that changes on a terminal, plain lines
// elsewhere.
type progress struct {
	event   func(run.Event)
	observe func(scenarios.Observation) // nil: sessions are not asked for
	stop    func()                      // nothing is written after it
}

func newProgress(e env) progress {
	f, ok := terminalOf(e.err)
	if !ok || flags.Lookup(e.environ, "TERM") == "dumb" {
		return progress{event: func(event run.Event) { fmt.Fprint(e.err, eventLine(event)) }, stop: func() {}}
	}
	v := live.New(f, unguarded(e.err), eventLine)
	stop := v.End
	if above, ok := e.err.(*stderr); ok {
		above.view.Store(v)
		stop = func() { v.End(); above.view.Store(nil) }
	}
	return progress{v.Event, v.Observe, stop}
}

// maxEventText bounds a line that may hold a server's words.
const maxEventText = 200

// eventLine is a line per step, never one per session; "": there is nothing to say.
func eventLine(e run.Event) string {
	text := report.Neutralize(e.Text, maxEventText)
	if e.Kind == run.EventSession || text == "" {
		return ""
	}
	return fmt.Sprintf("%s: %s\n", e.Kind, text)
}
