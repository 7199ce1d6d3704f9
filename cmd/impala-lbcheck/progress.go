package main

import (
	"fmt"
	"io"
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// newProgress shows a run on stderr: a bar on a terminal, plain lines elsewhere.
// stop ends it; nothing is written after that.
func newProgress(e env) (progress func(run.Event), stop func()) {
	lines := plainLines{e.err}
	f, ok := terminalOf(e.err)
	if !ok {
		return lines.event, func() {}
	}
	b := &bars{lines: lines, terminal: f}
	return b.event, b.end
}

// plainLines writes a line per step, never one per session.
type plainLines struct{ to io.Writer }

// maxEventText bounds a line that may hold a server's words.
const maxEventText = 200

func (l plainLines) event(e run.Event) {
	switch text := report.Neutralize(e.Text, maxEventText); {
	case e.Kind == run.EventSession || text == "":
	default:
		fmt.Fprintf(l.to, "%s: %s\n", e.Kind, text)
	}
}

// bars shows a look as a bar, and the other steps as lines between bars.
type bars struct {
	lines    plainLines
	terminal *os.File      // a bar moves the cursor, and holds no text but ours
	pool     *mpb.Progress // nil: no bar is shown
	bar      *mpb.Bar
}

func (b *bars) event(e run.Event) {
	if e.Kind == run.EventSession {
		if b.bar != nil {
			b.bar.SetCurrent(int64(e.Done))
		}
		return
	}
	b.end()
	b.lines.event(e)
	if e.Kind == run.EventLook {
		b.pool = mpb.New(mpb.WithOutput(b.terminal), mpb.WithWidth(48))
		count := decor.CountersNoUnit("%d / %d")
		if e.Total == 0 {
			count = decor.CurrentNoUnit("%d")
		}
		b.bar = b.pool.AddBar(int64(e.Total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("sessions "), count),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	}
}

// end takes the bar away.
func (b *bars) end() {
	if b.pool == nil {
		return
	}
	b.bar.Abort(true)
	b.pool.Wait()
	b.pool, b.bar = nil, nil
}
