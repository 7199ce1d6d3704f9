package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// doctorTimeout is the usual time limit of each phase: everything has to fit into
// [doctor.Limit].
const doctorTimeout = 4 * time.Second

// newDoctor returns the command that says which ways in work, and why the others do not.
func newDoctor(e env) *cobra.Command {
	var as string
	var asJSON bool
	usual := scenarios.Default()
	usual.Name, usual.Load.Timeout = "doctor", scenarios.Duration(doctorTimeout)
	cmd := &cobra.Command{
		Use:   "doctor HOST[:PORT]",
		Short: "Why does it not connect: what answers, which ways in work, and what is wrong",
		Long: `Ask every node of HOST what answers on its ports, without a login, and then open one
session, at the most, for each combination of protocol, login and TLS that the answers
leave possible. Whatever does not work gets its cause and what to do about it; whatever
works, the lines with which impala-shell, JDBC, ODBC, Hue and this tool connect.

Without a port, Impala's usual ones are asked. Give it the login that your clients use.
A login that is refused is sent once and no more, and a password never without TLS
unless --allow-cleartext-auth is given. A protocol, a login or TLS that its flag asks for
has to work: otherwise the exit code is 1. It takes half a minute at the most.`,
		Example: `  impala-lbcheck doctor impala.example.com
  impala-lbcheck doctor impala.example.com:21050 --auth ldap --user svc-ci --password-file /run/secrets/impala --ca-cert corp-ca.pem
  impala-lbcheck doctor impala.example.com --as hue`,
		GroupID: groupCheck,
		Args:    exactly("HOST[:PORT]"),
	}
	overrides := flags.BindSome(cmd, e.environ, usual, ofDoctor)
	cmd.Flags().StringVar(&as, "as", "", "say whether `CLIENT` will work: "+strings.Join(doctor.Clients(), ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of text")
	completeValues(cmd, "as", doctor.Clients())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if as != "" && !slices.Contains(doctor.Clients(), as) {
			return fmt.Errorf("--as %s: it must be one of %s", as, strings.Join(doctor.Clients(), ", "))
		}
		usual.Target.Endpoints = args
		wish, err := wishOf(usual, overrides)
		if err != nil {
			return flags.Word(err, usual.Kind)
		}
		return examine(cmd.Context(), e, wish, doctor.Client(as), asJSON)
	}
	return cmd
}

// ofDoctor reports whether doctor has a setting: those of how sessions connect.
func ofDoctor(st scenarios.Setting) bool {
	switch st.Group {
	case scenarios.GroupTarget:
		return !strings.HasPrefix(st.Key, "target.web_") && st.Key != "target.confirm"
	case scenarios.GroupLogin, scenarios.GroupKerberos, scenarios.GroupTLS:
		return st.Key != "tls.verify_once"
	}
	return slices.Contains([]string{"load.timeout", "expect.tls.issuer", "expect.tls.root"}, st.Key)
}

// wishOf is what the user has asked for.
func wishOf(s scenarios.Scenario, o *flags.Overrides) (doctor.Wish, error) {
	if err := o.Apply(&s, nil); err != nil {
		return doctor.Wish{}, err
	}
	w := doctor.Wish{Scenario: s, Protocol: o.Has("target.protocol", s.Kind), TLS: o.Has("tls.enabled", s.Kind), Login: o.Has("auth.mechanism", s.Kind)}
	return w, w.Check()
}

// examine carries it out.
func examine(ctx context.Context, e env, w doctor.Wish, as doctor.Client, asJSON bool) error {
	if e.permitted != nil {
		if err := e.permitted(w.Scenario, scenarios.Shard{}); err != nil {
			return err
		}
	}
	s := w.Scenario
	s.TLS.Enabled = true // what to trust is read wherever TLS may turn out to be spoken
	secrets, err := readSecrets(ctx, e, s)
	if err != nil {
		return err
	}
	seen := doctor.Examine(ctx, w, secrets.options(e.memory, run.Options{}))
	if by, stopped := interruption(ctx); stopped {
		return &exitError{signalCode(by.sig), errors.New("interrupted before all was asked")}
	}
	r := doctor.Diagnose(seen, as, flags.Fix)
	r.Tool = version()
	if asJSON {
		err = writeJSON(e.out, r, "  ")
	} else {
		err = r.Write(e.out, report.Style{Setting: flags.Fix})
	}
	return errors.Join(err, exitWith(r.Exit))
}
