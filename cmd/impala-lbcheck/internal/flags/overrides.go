package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Overrides are the settings of a command line and of the environment, until the
// scenario that they override is known.
type Overrides struct {
	settings []scenarios.Setting // that the command has
	args     []assignment        // in the order of the command line
	environ  []string            // KEY=VALUE
}

type assignment struct {
	setting scenarios.Setting
	value   string
}

// Bind gives cmd a flag for each setting that one of kinds has. --help shows the
// values of usual as defaults.
func Bind(cmd *cobra.Command, environ []string, usual scenarios.Scenario, kinds ...scenarios.Kind) *Overrides {
	return BindSome(cmd, environ, usual, func(st scenarios.Setting) bool { return slices.ContainsFunc(kinds, st.Of) })
}

// BindSome is Bind for the settings that a condition holds for.
func BindSome(cmd *cobra.Command, environ []string, usual scenarios.Scenario, some func(scenarios.Setting) bool) *Overrides {
	o := &Overrides{environ: environ}
	for _, st := range scenarios.Settings() {
		if st.Name == "" || !some(st) {
			continue
		}
		o.settings = append(o.settings, st)
		f := cmd.Flags().VarPF(&value{st, o}, st.Name, "", help(st, &usual))
		f.NoOptDefVal = st.Alone
		if st.Switch() {
			f.NoOptDefVal = "true"
		}
		annotate(f, string(st.Group))
		complete(cmd, st)
	}
	cmd.Flags().SortFlags = false
	return o
}

// complete makes the shell complete a setting that has a list of values.
func complete(cmd *cobra.Command, st scenarios.Setting) {
	if st.Values == nil {
		return
	}
	values := cobra.FixedCompletions(st.Values, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(st.Name, values); err != nil {
		panic(err) // the flag was made above
	}
}

// Has reports whether an override of scenarios of kind k sets a key.
func (o *Overrides) Has(key string, k scenarios.Kind) bool {
	return slices.ContainsFunc(o.assignments(k), func(a assignment) bool {
		return a.setting.Key == key || strings.HasPrefix(key, a.setting.Key+".")
	})
}

// assignments are the overrides in their order: variables, then arguments. A
// variable is also there for commands that do not have its setting.
func (o *Overrides) assignments(k scenarios.Kind) []assignment {
	var all []assignment
	for _, st := range o.settings {
		if v := Lookup(o.environ, Variable(st)); v != "" && st.Of(k) {
			all = append(all, assignment{st, v})
		}
	}
	return append(all, o.args...)
}

// Apply overrides the settings of s, and computes the defaults that follow others.
// set reports whether a file set a key; nil: there is none. A list replaces the one
// of the layer below.
func (o *Overrides) Apply(s *scenarios.Scenario, set func(key string) bool) error {
	if err := checkVariables(o.environ); err != nil {
		return err
	}
	if err := o.applyVariables(s); err != nil {
		return err
	}
	if err := o.applyArgs(s); err != nil {
		return err
	}
	s.Derive(func(key string) bool { return o.Has(key, s.Kind) || set != nil && set(key) })
	return nil
}

func (o *Overrides) applyVariables(s *scenarios.Scenario) error {
	for _, st := range o.settings {
		v := Lookup(o.environ, Variable(st))
		if v == "" || !st.Of(s.Kind) {
			continue
		}
		if st.Repeat {
			st.Clear(s)
		}
		if err := st.Set(s, v); err != nil {
			return fmt.Errorf("%s=%s: %s", Variable(st), v, reason(err))
		}
	}
	return nil
}

func (o *Overrides) applyArgs(s *scenarios.Scenario) error {
	cleared := map[string]bool{}
	for _, a := range o.args {
		if !a.setting.Of(s.Kind) {
			return fmt.Errorf("--%s: only scenarios of kind %s have it, and %s is of kind %s", a.setting.Name, joined(a.setting.Kinds), s.Name, s.Kind.OrLooks())
		}
		if a.setting.Repeat && !cleared[a.setting.Name] {
			a.setting.Clear(s)
			cleared[a.setting.Name] = true
		}
		if err := a.setting.Set(s, a.value); err != nil {
			return fmt.Errorf("--%s %s: %s", a.setting.Name, a.value, reason(err))
		}
	}
	return nil
}

// reason is what is wrong with a value, without the setting's key.
func reason(err error) string {
	if invalid, ok := errors.AsType[*scenarios.InvalidError](err); ok {
		return invalid.Msg
	}
	return err.Error()
}

func joined(kinds []scenarios.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// value is a setting as pflag wants it. It is tried on an empty scenario at once,
// so that a bad one is refused before anything is read.
type value struct {
	setting   scenarios.Setting
	overrides *Overrides
}

func (v *value) Set(text string) error {
	if err := v.setting.Set(new(scenarios.Scenario), text); err != nil {
		return errors.New(reason(err))
	}
	v.overrides.args = append(v.overrides.args, assignment{v.setting, text})
	return nil
}

// Type is what --help calls the value.
func (v *value) Type() string {
	if v.setting.Switch() {
		return "bool"
	}
	return v.setting.Arg
}

// String is "", since help says what the default is.
func (v *value) String() string { return "" }
