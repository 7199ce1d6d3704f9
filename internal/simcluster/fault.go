package simcluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fault is one thing that is wrong. Make it with [ParseFault].
type Fault struct {
	Name  string // one of Faults
	At    int    // the coordinator or node that has it, from 1; 0: all of them
	Value string // "" where the fault takes none
}

// String writes the fault as ParseFault reads it: "slow=200ms@2".
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

// ParseFault reads NAME, NAME=VALUE, NAME@N or both, in either order:
// "slow=200ms@2" is "slow@2=200ms". The error for an unknown name gives the
// nearest one and lists all. That N exists, and that lists have the cluster's
// length, is checked by [Start].
func ParseFault(text string) (Fault, error) {
	var f Fault
	rest := strings.TrimSpace(text)
	name := strings.IndexAny(rest, "=@")
	if name < 0 {
		name = len(rest)
	}
	f.Name, rest = rest[:name], rest[name:]
	form, ok := findFault(f.Name)
	if !ok {
		return Fault{}, unknownFault(f.Name)
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
		if err != nil || n < 1 || n > maxCoordinators || at[1] == '+' {
			return Fault{}, fmt.Errorf("fault %q: %q is no number from 1", text, at[1:])
		}
		f.At = n
	}
	f.Value = strings.TrimPrefix(rest, "=")
	if err := form.validate(f, rest != ""); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

// validate checks what can be checked without a cluster.
func (form faultSpec) validate(f Fault, valued bool) error {
	switch {
	case form.Example == "" && valued:
		return fmt.Errorf("%s takes no value", f.Name)
	case form.Example != "" && f.Value == "" && !form.valueOptional:
		return fmt.Errorf("%s wants a value: %s=%s", f.Name, f.Name, form.Example)
	case form.Scope == FaultScopeBalancer && f.At > 0:
		return fmt.Errorf("%s is the balancer's: it takes no @%d", f.Name, f.At)
	}
	scratch := plan{coordinators: make([]coordinatorPlan, 1), nodes: make([]nodePlan, 1)}
	return form.apply(&scratch, Fault{f.Name, 0, f.Value})
}

// unknownFault names the nearest fault, by edit distance, and all others.
func unknownFault(name string) error {
	names := make([]string, 0, len(faultSpecs))
	for _, form := range faultSpecs {
		names = append(names, form.Name)
	}
	nearest := slices.MinFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	return fmt.Errorf("no fault %.40q: did you mean %s? There are %s", name, nearest, strings.Join(names, ", "))
}

// distance is the number of single-byte edits between two names, of which only
// the first 40 bytes count.
func distance(a, b string) int {
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
