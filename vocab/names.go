package vocab

import (
	"fmt"
	"strings"
)

// nameOf returns names[i], or otherwise where i is none of them.
func nameOf[T ~int](names []string, i T, otherwise string) string {
	if i < 0 || int(i) >= len(names) {
		return otherwise
	}
	return names[i]
}

// indexOf sets v to the index of name in names. The error says what a what may be.
func indexOf[T ~int](names []string, what string, name []byte, v *T) error {
	for i, n := range names {
		if n == string(name) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%s %.100q is none of %s", what, name, strings.Join(names, ", "))
}
