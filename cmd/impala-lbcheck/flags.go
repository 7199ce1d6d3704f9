package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// given collects the settings of a command line, in their order, until the
// scenario that they are laid over is known.
type given struct {
	groups []settingGroup
	args   []assignment
}

type assignment struct {
	setting setting
	value   string
}

// withSettings gives cmd a flag for every setting of groups.
func withSettings(cmd *cobra.Command, groups ...settingGroup) *given {
	g := &given{groups: groups}
	for _, s := range settings {
		if !slices.Contains(groups, s.group) {
			continue
		}
		f := cmd.Flags().VarPF(&flagValue{s, g}, s.name, "", s.usage)
		if s.arg == "" {
			f.NoOptDefVal = "true"
		}
	}
	cmd.Flags().SortFlags = false
	return g
}

// has reports whether the command line or the environment gives the setting.
func (g *given) has(w world, name string) bool {
	return slices.ContainsFunc(g.args, func(a assignment) bool { return a.setting.name == name }) ||
		slices.ContainsFunc(settings, func(s setting) bool { return s.name == name && w.getenv(s.env()) != "" })
}

// protocol is what s will speak once everything is laid over it.
func (g *given) protocol(w world, s scenarios.Scenario) scenarios.Protocol {
	if g.lay(w, &s) != nil || s.Target.Protocol == "" {
		return scenarios.HS2 // what is wrong is said when it is laid for good
	}
	return s.Target.Protocol
}

// lay lays the environment and then the command line over s. A list that is
// given takes the place of the one in the file, or in the environment.
func (g *given) lay(w world, s *scenarios.Scenario) error {
	for _, set := range settings {
		if v := w.getenv(set.env()); v != "" && slices.Contains(g.groups, set.group) {
			clearMany(s, set.name)
			if err := set.set(s, v); err != nil {
				return fmt.Errorf("%s=%s: %w", set.env(), v, err)
			}
		}
	}
	cleared := map[string]bool{}
	for _, a := range g.args {
		if !cleared[a.setting.name] {
			clearMany(s, a.setting.name)
			cleared[a.setting.name] = true
		}
		if err := a.setting.set(s, a.value); err != nil {
			return fmt.Errorf("--%s %s: %w", a.setting.name, a.value, err)
		}
	}
	return nil
}

// clearMany empties the lists that are added to one value at a time.
func clearMany(s *scenarios.Scenario, name string) {
	switch name {
	case "expect-issuer":
		s.Expect.TLS.Issuer = nil
	case "threshold":
		s.Thresholds = nil
	case "query-option":
		s.QueryOptions = nil
	case "local-address":
		s.Load.LocalAddresses = nil
	}
}

// flagValue is a setting as pflag wants it: a value is tried on an empty
// scenario at once, so that a bad one is refused where it stands.
type flagValue struct {
	setting setting
	given   *given
}

var _ pflag.Value = (*flagValue)(nil)

func (f *flagValue) Set(v string) error {
	var scratch scenarios.Scenario
	if err := f.setting.set(&scratch, v); err != nil {
		return err
	}
	f.given.args = append(f.given.args, assignment{f.setting, v})
	return nil
}

// Type is what --help calls the value.
func (f *flagValue) Type() string {
	if f.setting.arg == "" {
		return "bool"
	}
	return f.setting.arg
}

// String is the default, which is the scenario's to say.
func (f *flagValue) String() string { return "" }
