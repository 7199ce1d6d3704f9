package flags

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Refused words an error of pflag about a flag of cmd.
func Refused(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s %s: %s", invalid.GetFlag().Name, invalid.GetValue(), cause(invalid))
	}
	return err
}

// unknownFlag names the flag that was probably meant.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	name := err.GetSpecifiedName()
	if v, secret := secretVariables[name]; secret {
		return fmt.Errorf("there is no --%s, because every process on this host can read a command line; use --%[1]s-file, --%[1]s-command or %s", name, v)
	}
	for _, st := range scenarios.Settings() {
		if st.Name == name {
			return fmt.Errorf("%w; only scenarios of kind %s have it", err, joined(st.Kinds))
		}
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if near, ok := usertext.Nearest(name, known); ok && len(name) > 1 {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return fmt.Errorf("%w; %s --help lists them", err, cmd.CommandPath())
}

// cause is why a value is refused, in words of ours.
func cause(err *pflag.InvalidValueError) string {
	var syntax *strconv.NumError
	inner := err.Unwrap()
	switch {
	case !errors.As(inner, &syntax):
		return inner.Error()
	case err.GetFlag().Value.Type() == "bool":
		return "must be true or false"
	}
	return "must be a whole number"
}
