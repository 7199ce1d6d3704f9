package simcluster

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// Fault is a fault to simulate. Create it with [ParseFault].
type Fault struct {
	Name  string // one of Faults
	At    int    // the affected coordinator or node, from 1; 0: all of them
	Value string // "" if the fault takes no value
}

// String formats the fault as ParseFault reads it: "slow=200ms@2".
func (f Fault) String() string {
	s := f.Name
	if f.Value != "" {
		s += "=" + f.Value
	}
	if f.At > 0 {
		s += "@" + strconv.Itoa(f.At)
	}
	return s
}

// ParseFault parses NAME, NAME=VALUE, NAME@N or NAME=VALUE@N; "slow@2=200ms" is
// the same as "slow=200ms@2". The error for an unknown name suggests the nearest
// one and lists all names. [Start] checks that N exists and that lists match the
// size of the cluster.
func ParseFault(text string) (Fault, error) {
	var f Fault
	rest := strings.TrimSpace(text)
	name := strings.IndexAny(rest, "=@")
	if name < 0 {
		name = len(rest)
	}
	f.Name, rest = rest[:name], rest[name:]
	spec, ok := findFault(f.Name)
	if !ok {
		return Fault{}, errors.New(unknownFault(f.Name))
	}
	var at string
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		rest, at = rest[:i], rest[i:] // NAME=VALUE@N
	} else if i := strings.IndexByte(rest, '='); i > 0 {
		at, rest = rest[:i], rest[i:] // NAME@N=VALUE
	} else if strings.HasPrefix(rest, "@") {
		at, rest = rest, ""
	}
	if at != "" {
		n, err := strconv.Atoi(at[1:])
		if err != nil || n < 1 || n > MaxCoordinators || at[1] == '+' {
			return Fault{}, fmt.Errorf("invalid number %.40q after @: it must be from 1 to %d", at[1:], MaxCoordinators)
		}
		f.At = n
	}
	f.Value = strings.TrimPrefix(rest, "=")
	if err := spec.validate(f, rest != ""); err != nil {
		return Fault{}, err
	}
	return f, nil
}

// validate checks what can be checked without a cluster.
func (spec faultSpec) validate(f Fault, hasValue bool) error {
	switch {
	case spec.Example == "" && hasValue:
		return fmt.Errorf("%s takes no value", f.Name)
	case spec.Example != "" && f.Value == "" && !spec.ValueOptional:
		return fmt.Errorf("%s needs a value, such as %s=%s", f.Name, f.Name, spec.Example)
	case spec.Scope == FaultScopeBalancer && f.At > 0:
		return fmt.Errorf("%s applies to the balancer and takes no @%d", f.Name, f.At)
	}
	scratch := plan{coordinators: make([]coordinatorPlan, 1), nodes: make([]nodePlan, 1)}
	return spec.apply(&scratch, Fault{Name: f.Name, Value: f.Value})
}

// maxNear is how many names a message suggests.
const maxNear = 3

// unknownFault names the nearest faults, or where there is none the first: there are too
// many to list.
func unknownFault(name string) string {
	all := faultNames()
	var near []string
	for rest := slices.Clone(all); len(near) < maxNear; {
		next, ok := usertext.Nearest(name, rest)
		if !ok {
			break
		}
		near = append(near, next)
		rest = slices.DeleteFunc(rest, func(s string) bool { return s == next })
	}
	said := "did you mean " + strings.Join(near, ", ") + "?"
	if near == nil {
		said = "such as " + strings.Join(all[:maxNear], ", ") + ";"
	}
	return fmt.Sprintf("unknown name %.40q; %s demo --help and docs/faults.md list all %d", name, said, len(all))
}

// unknownName lists the valid names, and suggests the nearest where one is near.
func unknownName(name string, valid []string) string {
	near, ok := usertext.Nearest(name, valid)
	if ok {
		near = "did you mean " + near + "? "
	}
	return fmt.Sprintf("unknown name %.40q; %sValid names: %s", name, near, strings.Join(valid, ", "))
}
