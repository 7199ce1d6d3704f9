package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// newScenario is the command of a built-in scenario.
func newScenario(w world, name string) *cobra.Command {
	text := scenarioTexts[name]
	cmd := &cobra.Command{
		Use:     name + " HOST[:PORT]...",
		Short:   text.short,
		Long:    text.long,
		Example: text.example,
		GroupID: groupCheck,
		Args:    cobra.ArbitraryArgs,
	}
	given := withSettings(cmd, groupsOf(name)...)
	from := withBuilt(cmd)
	out := withOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, endpoints []string) error {
		s, err := scenarios.Builtin(name)
		if err != nil {
			return err
		}
		s.Target.Endpoints = endpoints
		out.reads("the file of --from-provision", from.file)
		if err := from.built(cmd.Context(), w, &s, endpoints, given.protocol(w, s)); err != nil {
			return err
		}
		if name == tlsOnly {
			s.TLS.Enabled = true
		}
		return check(cmd, w, s, given, out)
	}
	return cmd
}

// newRunFile is the command of a scenario that the user wrote.
func newRunFile(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE.yaml [HOST[:PORT]...]",
		Short: "Run a scenario of your own",
		Long: `Run a scenario from a file: the same format as the built-in ones, which
"scenarios show" prints. Flags and IMPALA_LBCHECK_* variables are laid over the
file; hosts given here take the place of its endpoints.`,
		Example: `  impala-lbcheck scenarios show smoke > mine.yaml
  impala-lbcheck run mine.yaml impala.example.com`,
		GroupID: groupCheck,
		Args:    cobra.MinimumNArgs(1),
	}
	given := withSettings(cmd, groupsOf("")...)
	out := withOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out.reads("the scenario's own file", args[0])
		s, src, err := readScenario(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if len(args) > 1 {
			s.Target.Endpoints = args[1:]
		}
		return scenarios.Locate(args[0], src, check(cmd, w, s, given, out))
	}
	return cmd
}

// readScenario reads a scenario file; its text is for placing later errors.
func readScenario(ctx context.Context, name string) (s scenarios.Scenario, src []byte, err error) {
	if src, err = readFile(ctx, name, maxSettings); err == nil {
		s, err = scenarios.Parse(name, src)
	}
	return s, src, err
}

// tlsOnly is the scenario that stops after the handshake.
const tlsOnly = "tls"

// groupsOf lists the settings that a built-in scenario has; "" is any.
func groupsOf(name string) []settingGroup {
	common := []settingGroup{connecting, pacing, expecting, trusting}
	switch name {
	case tlsOnly:
		return []settingGroup{connecting, trusting}
	case "capacity":
		return append(common, holding)
	case "query":
		return append(common, querying)
	case "idle":
		return append(common, idling)
	case "watch":
		return append(common, watching)
	case "":
		return append(common, looking, holding, querying, idling, watching)
	}
	return append(common, looking)
}

// check runs a scenario against the endpoints that it names.
func check(cmd *cobra.Command, w world, s scenarios.Scenario, g *given, out *output) error {
	ctx := cmd.Context()
	if err := g.lay(w, &s); err != nil {
		return err
	}
	if len(s.Target.Endpoints) == 0 {
		return fmt.Errorf("no endpoint: which host and port does the balancer have? %s impala.example.com", strings.Join(append([]string{cmd.CommandPath()}, cmd.Flags().Args()...), " "))
	}
	if err := w.permit(s); err != nil {
		return err
	}
	secrets, err := readSecrets(ctx, w, s)
	if err != nil {
		return err
	}
	isDefault := !g.has(w, "rate") && rateMayBeDefault(s)
	return execute(ctx, w, s, secrets, out, run.Options{RateIsDefault: isDefault})
}

// rateMayBeDefault reports whether the scenario's rate is only politeness.
func rateMayBeDefault(s scenarios.Scenario) bool {
	switch s.Kind {
	case scenarios.KindStages, scenarios.KindWatch:
		return false
	}
	return true
}

// execute runs a scenario that is permitted, writes what was asked for, and
// ends with the exit code.
func execute(ctx context.Context, w world, s scenarios.Scenario, with secrets, out *output, opt run.Options) error {
	out.readsOf(s)
	sinks, err := out.open(ctx, w)
	if err != nil {
		return err
	}
	opt.Tool, opt.Observe, opt.Progress = version(), sinks.observe, sinks.progress
	opt.OnEvent = onEvent(w)
	r, err := lbcheck.Run(ctx, s, lbcheck.Options{Password: with.password, Roots: with.roots, Run: opt})
	if err != nil {
		return err
	}
	return sinks.finish(ctx, w, r)
}

// permit says why a scenario must not run, or tells w that it may.
func (w world) permit(s scenarios.Scenario) error {
	if err := refuse(s); err != nil || w.permitted == nil {
		return err
	}
	return w.permitted(s)
}

// refuse says why a scenario must not run: nothing has been sent yet.
func refuse(s scenarios.Scenario) error {
	return inFlags(lbcheck.Check(s))
}
