package live

import (
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// View is a run on a terminal. None of its functions waits for the terminal, but for
// those that write lines.
type View struct {
	line  func(run.Event) string
	lines io.Writer // above the view
	pool  *mpb.Progress
	bar   *mpb.Bar

	mu    sync.Mutex
	state *state
	rows  []string // of the frame that is being drawn
}

// New begins a view on a terminal, to which it writes by w. line is what is written of an
// event, with its newline; "": nothing.
func New(terminal *os.File, w io.Writer, line func(run.Event) string) *View {
	return newView(newConsole(terminal, w), line)
}

func newView(c mpb.ConsoleWriter, line func(run.Event) string) *View {
	v := &View{line: line, state: newState(time.Now())}
	v.pool = mpb.New(mpb.WithConsoleWriter(c), mpb.WithRefreshRate(refresh))
	v.lines = report.NewSafeWriter(v.pool)
	below := make([]mpb.BarFiller, maxRows-1)
	for i := range below {
		below[i] = mpb.BarFillerFunc(func(w io.Writer, _ decor.Statistics) error { return v.write(w, i+1, "\n") })
	}
	v.bar, _ = v.pool.Add(1, mpb.BarFillerFunc(v.draw), mpb.BarFillerTrim(), mpb.BarBtmExtender(below...))
	return v
}

// refresh is how often a view is drawn.
const refresh = 200 * time.Millisecond

// Event takes a step of the run.
func (v *View) Event(e run.Event) {
	v.mu.Lock()
	v.state.event(e, time.Now())
	v.mu.Unlock()
	if text := v.line(e); text != "" && e.Kind != run.EventHeld { // which the view has
		v.Print(text)
	}
}

// Print writes whole lines above the view; false where it has ended.
func (v *View) Print(lines string) bool {
	_, err := io.WriteString(v.lines, lines)
	return err == nil
}

// Observe takes a session that has ended.
func (v *View) Observe(o scenarios.Observation) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state.observe(o)
}

// End takes the view away. Nothing is drawn after it.
func (v *View) End() {
	v.bar.Abort(true)
	v.pool.Wait()
}

// draw makes the next frame, and writes its first row.
func (v *View) draw(w io.Writer, s decor.Statistics) error {
	v.mu.Lock()
	v.rows = v.state.frame(time.Now()).rows(s.AvailableWidth)
	v.mu.Unlock()
	return v.write(w, 0, "")
}

// write writes a row of the frame, where it has one.
func (v *View) write(w io.Writer, row int, end string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if row >= len(v.rows) {
		return nil
	}
	_, err := io.WriteString(w, v.rows[row]+end)
	return err
}

// of is "2 of 3", or "2" where there is no telling of how many.
func of(n, total int) string {
	if total == 0 {
		return strconv.Itoa(n)
	}
	return strconv.Itoa(n) + " of " + strconv.Itoa(total)
}
