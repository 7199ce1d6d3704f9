package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/livepage"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// output is where a result goes: the text on stdout, and files.
type output struct {
	outs         []string
	observations string
	summary      string // a file that the Markdown is appended to; "": GitHub's, if there is one
	explain      bool
	quiet        bool
	serve        string // the address of the page of the run; "": none
	metrics      metricsPlace
	baseline     *baselineFlags // nil: the command has none
	inputs       []namedFile    // what the command reads
}

// withOutput gives cmd the flags of a run's output.
func withOutput(cmd *cobra.Command) *output {
	o := withReports(cmd)
	cmd.Flags().StringVar(&o.observations, "observations", "", "write a line per session to `FILE`: JSON, or CSV where its name ends in .csv")
	cmd.Flags().StringVar(&o.serve, "serve", "", "show the run so far to browsers of this machine at `ADDRESS`, such as 127.0.0.1:0, while it lasts")
	o.metrics.bind(cmd)
	cmd.Flags().BoolVar(&o.quiet, "quiet", false, "no progress on stderr")
	o.baseline = withBaseline(cmd)
	flags.Group(cmd, "Output")
	return o
}

// withReports gives cmd the flags that say what is rendered.
func withReports(cmd *cobra.Command) *output {
	o := &output{}
	cmd.Flags().StringArrayVar(&o.outs, "out", nil, "write a report to `FILE` ("+strings.Join(report.Extensions(), ", ")+"), FORMAT=FILE, or - for stdout; repeatable")
	mustComplete(cmd, "out", completeOut)
	cmd.Flags().StringVar(&o.summary, "github-summary", "", "append the report as Markdown to `FILE` (default: the file in "+summaryVariable+")")
	cmd.Flags().BoolVar(&o.explain, "explain", false, "print the arithmetic of every finding")
	return o
}

// outputs are the places that a run writes to, opened before it begins so that
// none of them can lose a measurement.
type outputs struct {
	o        *output
	outs     []report.Out
	lines    *observationFile // nil: not wanted
	live     *livepage.Server // nil: not wanted
	metrics  *metricsServer   // nil: not wanted
	progress progress
}

// open checks every place that will be written to. An error here is the user's
// to mend: nothing has been sent.
func (o *output) open(ctx context.Context, e env) (*outputs, error) {
	outs, err := o.parseOuts(e)
	if err != nil {
		return nil, err
	}
	opened := &outputs{o: o, outs: outs, progress: progress{stop: func() {}}}
	if o.serve != "" {
		if opened.live, err = o.serveOn(e); err != nil {
			return nil, err
		}
	}
	if o.metrics.address != "" {
		if opened.metrics, err = o.metrics.listen(ctx, e); err != nil {
			opened.close()
			return nil, err
		}
	}
	if o.observations != "" { // last: a run that is refused leaves the lines of the one before
		if opened.lines, err = newObservationFile(ctx, o.observations); err != nil {
			opened.close()
			return nil, err
		}
	}
	if !o.quiet {
		opened.progress = newProgress(e)
	}
	return opened, nil
}

// parseOuts reads --out and checks that each file can be made, and that each has a
// file of its own.
func (o *output) parseOuts(e env) ([]report.Out, error) {
	var outs []report.Out
	for _, arg := range o.outs {
		out, err := report.ParseOut(arg)
		if arg == "" {
			arg = `""`
		}
		if err != nil {
			return nil, fmt.Errorf("--out %s: %w", arg, err)
		}
		if out.Path != stdoutPath {
			if err := e.files.canWrite(out.Path); err != nil {
				return nil, fmt.Errorf("--out %s: %w", arg, err)
			}
		}
		outs = append(outs, out)
	}
	if o.summary != "" {
		if err := e.files.canWrite(o.summary); err != nil {
			return nil, fmt.Errorf("--github-summary %s: %w", o.summary, err)
		}
	}
	return outs, o.checkDistinct(e, outs)
}

// observe writes and shows one session.
func (o *outputs) observe(obs scenarios.Observation) {
	if o.progress.observe != nil {
		o.progress.observe(obs)
	}
	if o.lines != nil {
		o.lines.write(obs)
	}
}

// finish completes the result, writes every report, and ends with the exit code.
func (o *outputs) finish(ctx context.Context, e env, r scenarios.Result) error {
	o.progress.stop()
	signalled(ctx, &r)
	r.Summary = report.Sentence(r)
	err := o.o.write(ctx, e, o.outs, r)
	if err != nil {
		fmt.Fprintln(e.err, "impala-lbcheck: report not written:", oneLine(err))
	}
	if o.lines != nil {
		if lost := o.lines.close(); lost != nil {
			fmt.Fprintln(e.err, "impala-lbcheck: observations not written:", oneLine(lost))
			err = errors.Join(err, lost)
		}
	}
	o.showEnd(ctx, r)
	return exitWith(afterWriting(r.Exit, err))
}

// write renders r to every place, and as text to stdout unless another format
// took that place, and tells GitHub Actions of it. One place that fails does not keep
// the others from it.
func (o *output) write(ctx context.Context, e env, outs []report.Out, r scenarios.Result) error {
	onStdout, errs := false, []error(nil)
	for _, out := range outs {
		if out.Path == stdoutPath {
			onStdout = true
			errs = append(errs, report.Write(e.out, out.Format, r, o.styleOn(e, e.out)))
			continue
		}
		late, cancel := lingering(ctx)
		errs = append(errs, e.files.replace(late, out.Path, forAll, func(f io.Writer) error {
			return report.Write(f, out.Format, r, o.styleOn(e, f))
		}))
		cancel()
	}
	if !onStdout {
		errs = append(errs, report.Write(e.out, report.FormatText, r, o.styleOn(e, e.out)))
	}
	errs = append(errs, o.tellGitHub(ctx, e, r))
	return errors.Join(errs...)
}

// style is that of a text that goes to no terminal.
func (o *output) style() report.Style {
	return report.Style{Explain: o.explain, Setting: flags.Fix}
}

// styleOn fits the text to where it goes: a terminal's width and colours, or
// neither.
func (o *output) styleOn(e env, to io.Writer) report.Style {
	s := o.style()
	f, ok := terminalOf(to)
	if !ok {
		return s
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		s.Width = width
	}
	s.Color = flags.Lookup(e.environ, "NO_COLOR") == "" && flags.Lookup(e.environ, "TERM") != "dumb"
	return s
}
