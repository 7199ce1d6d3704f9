package main

import (
	"errors"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// hintedError is a failure of the client with its fixes in words.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// Hint is what to try, settings written as flags.
func (e hintedError) Hint() string { return e.hint }

// withHint adds a hint to an error of the client that suggests something.
func withHint(err error) error {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return err
	}
	e, ok := errors.AsType[*hs2client.Error](err)
	if !ok || len(e.Hint()) == 0 {
		return err
	}
	return hintedError{err, fixText(e.Hint())}
}

// fixText is alternative fixes as one sentence.
func fixText(fixes []hs2client.Fix) string {
	texts := make([]string, len(fixes))
	for i, f := range fixes {
		texts[i] = f.Why
		if how := flags.Fix(f); how != "" {
			texts[i] += " (" + how + ")"
		}
	}
	return strings.Join(texts, "; or ")
}
