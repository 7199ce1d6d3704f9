package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// newScenario returns the command of a built-in scenario.
func newScenario(e env, name string) *cobra.Command {
	s, err := scenarios.Builtin(name)
	if err != nil {
		panic(err) // it is embedded, and a test reads each of them
	}
	long, examples := scenarios.BuiltinHelp(name)
	cmd := &cobra.Command{
		Use:     name + " HOST[:PORT]...",
		Short:   capitalized(s.Description),
		Long:    long,
		Example: examples,
		GroupID: groupCheck,
		Args:    cobra.ArbitraryArgs,
	}
	overrides := flags.Bind(cmd, e.environ, s, s.Kind)
	from := withFromProvision(cmd)
	out := withOutput(cmd)
	shard := withShards(cmd, s.Kind)
	cmd.RunE = func(cmd *cobra.Command, endpoints []string) error {
		s.Target.Endpoints = endpoints
		out.addInput("the file of --from-provision", from.file)
		if err := from.fromProvision(cmd.Context(), e, &s, endpoints, protocolOf(s, overrides)); err != nil {
			return err
		}
		return flags.Word(check(cmd, e, s, overrides, nil, out, shard), s.Kind)
	}
	return cmd
}

// capitalized is text with a first letter in upper case.
func capitalized(text string) string {
	r := []rune(text)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// protocolOf is what s will speak once it is overridden.
func protocolOf(s scenarios.Scenario, o *flags.Overrides) scenarios.Protocol {
	if o.Apply(&s, nil) != nil || s.Target.Protocol == "" {
		return scenarios.ProtocolHS2 // what is wrong is said when it is applied for good
	}
	return s.Target.Protocol
}

// newRunFile returns the command of a scenario that the user wrote.
func newRunFile(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE.yaml [HOST[:PORT]...]",
		Short: "Run a scenario of your own",
		Long: `Run a scenario from a file. The format is that of the built-in scenarios, which
"scenarios show" prints. IMPALA_LBCHECK_* variables override the file, and flags
override both; hosts given here replace the endpoints of the file. The defaults
below apply to what the file leaves out.`,
		Example: `  impala-lbcheck scenarios show smoke > mine.yaml
  impala-lbcheck run mine.yaml impala.example.com`,
		GroupID: groupCheck,
		Args:    atLeastOne("FILE.yaml"),
	}
	overrides := flags.Bind(cmd, e.environ, scenarios.Default(), scenarios.Kinds()...)
	out := withOutput(cmd)
	shard := withShards(cmd, scenarios.Kinds()...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out.addInput("the scenario's own file", args[0])
		s, src, err := readScenario(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if len(args) > 1 {
			s.Target.Endpoints = args[1:]
		}
		inFile := func(key string) bool { return scenarios.SourceSets(src, key) }
		return placed(args[0], src, overrides, s.Kind, check(cmd, e, s, overrides, inFile, out, shard))
	}
	return cmd
}

// placed gives an error its place in the scenario file, unless it is about a setting
// that an override set: then it names the flag.
func placed(name string, src []byte, o *flags.Overrides, k scenarios.Kind, err error) error {
	var invalid *scenarios.InvalidError
	if !errors.As(err, &invalid) || o.Has(invalid.Key, k) {
		return flags.Word(err, k)
	}
	return flags.Word(scenarios.Locate(name, src, err), k)
}

// readScenario reads a scenario file; its text is for placing later errors.
func readScenario(ctx context.Context, name string) (s scenarios.Scenario, src []byte, err error) {
	if src, err = readFile(ctx, name, maxSettings); err == nil {
		s, err = scenarios.Parse(name, src)
	}
	return s, src, err
}

// check runs a scenario against the endpoints that it names. inFile reports which
// keys its file sets; nil: it is a built-in one.
func check(cmd *cobra.Command, e env, s scenarios.Scenario, o *flags.Overrides, inFile func(key string) bool, out *output, shard *shardFlags) error {
	ctx := cmd.Context()
	if err := o.Apply(&s, inFile); err != nil {
		return err
	}
	if len(s.Target.Endpoints) == 0 {
		return fmt.Errorf("no endpoint: which host and port does the balancer have? %s impala.example.com", strings.Join(append([]string{cmd.CommandPath()}, cmd.Flags().Args()...), " "))
	}
	opt := run.Options{RateIsDefault: rateIsDefault(s, o)}
	if err := shard.apply(e, s, &opt, time.Now()); err != nil {
		return err
	}
	if !opt.Shard.IsWhole() && out.baseline.file != "" {
		return errors.New("a shard is not held against --baseline: give it to merge, which judges the sum")
	}
	if err := e.permit(s, opt.Shard); err != nil {
		return err
	}
	secrets, err := readSecrets(ctx, e, s)
	if err != nil {
		return err
	}
	if s.Audit.Balancer != "" {
		if s, err = auditBeside(ctx, e, s, secrets, &opt); err != nil {
			return err
		}
	}
	return execute(ctx, e, s, secrets, out, opt)
}

// rateIsDefault reports whether neither the user nor a threshold, on times that
// count from when a session was due, asked for the scenario's rate.
func rateIsDefault(s scenarios.Scenario, o *flags.Overrides) bool {
	return kindOf(s).ratePolite && !o.Has("load.rate", s.Kind) && !threshold.NeedsRate(s)
}

// execute runs a scenario that is permitted, writes what was asked for, and
// ends with the exit code.
func execute(ctx context.Context, e env, s scenarios.Scenario, with secrets, out *output, opt run.Options) error {
	out.addInputsOf(s)
	out.baseline.addInput(out)
	against, err := out.baseline.read(ctx, s)
	if err != nil {
		return err
	}
	opened, err := out.open(ctx, e)
	if err != nil {
		return err
	}
	defer opened.close()
	opt.Tool, opt.Observe, opt.Progress, opt.SoFar = version(), opened.observe, opened.progress.event, opened.showSoFar()
	opt.OnEvent = onEvent(e)
	e.memory.allow(limits.DemandOf(limits.Part(s, opt.Shard)).Open)
	awaitStart(ctx, s, opt)
	r, err := lbcheck.Run(ctx, s, with.options(e.memory, opt))
	if err != nil {
		opened.progress.stop()
		return err
	}
	if against != nil {
		r.Baseline = against
		r = judge.Rejudge(r)
	}
	return opened.finish(ctx, e, r)
}

// permit says why a scenario must not run, or tells w that it may.
func (e env) permit(s scenarios.Scenario, shard scenarios.Shard) error {
	if err := refuse(s, shard); err != nil || e.permitted == nil {
		return err
	}
	return e.permitted(s, shard)
}

// refuse says why a scenario must not run: nothing has been sent yet.
func refuse(s scenarios.Scenario, shard scenarios.Shard) error {
	err := lbcheck.CheckShard(s, shard)
	if guard, ok := errors.AsType[*limits.GuardError](err); ok {
		return fmt.Errorf("%s; if permitted, add %s", guard.Text(), flags.Fix(guard.Fix()))
	}
	return ofThreshold(s, err)
}

// ofThreshold returns an error about a threshold as one about its setting, so that
// its place can be named. Any other error is returned as it is.
func ofThreshold(s scenarios.Scenario, err error) error {
	for metric, exprs := range s.Thresholds {
		one := s
		one.Thresholds = map[string][]string{metric: exprs}
		alone := threshold.Check(one)
		if err == nil || alone == nil || alone.Error() != err.Error() {
			continue
		}
		invalid := &scenarios.InvalidError{Key: "thresholds." + metric, Msg: err.Error()}
		if refused, ok := errors.AsType[*threshold.Error](alone); ok {
			invalid.Fix = refused.Fix
		}
		return invalid
	}
	return err
}
