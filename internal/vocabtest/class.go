// Package vocabtest is for tests that write classes of failure as people do.
package vocabtest

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Class is the class that text stands for; "" is no failure. It panics on one that
// this version does not have, for a test that misspells a class tests nothing.
func Class(text string) vocab.Class {
	var c vocab.Class
	if err := c.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	if c != (vocab.Class{Phase: c.Phase, Kind: c.Kind}) {
		panic(fmt.Sprintf("there is no class %q", text))
	}
	return c
}
