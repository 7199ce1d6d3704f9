// Package mask hides words in errors.
package mask

import "strings"

// Error is an error whose text does not show what Words replaces; what it wraps
// is seen by errors.Is and errors.As alone.
type Error struct {
	Err   error
	Words *strings.Replacer
}

func (e *Error) Error() string { return e.Words.Replace(e.Err.Error()) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
