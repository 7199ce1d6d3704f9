package simcluster

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
		return Fault{}, errors.New(unknownName(f.Name, faultNames()))
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

// unknownName suggests the nearest of the valid names and lists all of them.
func unknownName(name string, valid []string) string {
	nearest := slices.MinFunc(valid, func(a, b string) int { return editDistance(name, a) - editDistance(name, b) })
	return fmt.Sprintf("unknown name %.40q; did you mean %s? Valid names: %s", name, nearest, strings.Join(valid, ", "))
}

// editDistance is the number of single-byte edits between two names. Only the
// first 40 bytes are compared.
func editDistance(a, b string) int {
	a, b = a[:min(len(a), 40)], b[:min(len(b), 40)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			edit := diagonal
			if a[i] != b[j] {
				edit++
			}
			diagonal = row[j+1]
			row[j+1] = min(edit, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
