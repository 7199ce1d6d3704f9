// Package enum gives integer types the names that files use for their values.
// Names are listed in the order of the values, from 0. It imports nothing of
// this module.
package enum

import (
	"fmt"
	"slices"
	"strings"
)

// Name returns names[v], or otherwise where v has no name.
func Name[T ~int](names []string, v T, otherwise string) string {
	if v < 0 || int(v) >= len(names) {
		return otherwise
	}
	return names[v]
}

// Parse sets v to the value that has the given name. The error says what was to
// be read, as in "invalid status", and lists the names.
func Parse[T ~int](names []string, what string, name []byte, v *T) error {
	i := slices.Index(names, string(name))
	if i < 0 {
		return fmt.Errorf("invalid %s %.100q: expected one of %s", what, name, strings.Join(names, ", "))
	}
	*v = T(i)
	return nil
}
