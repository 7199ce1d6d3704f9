package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

//go:embed equivalent.txt
var equivalent string

// reasons says of mutants why they behave as the original does.
type reasons map[string]string

// parseReasons reads a file of keys, each a line at the margin, and reasons, indented
// lines below. Lines that begin with # are comments.
func parseReasons(text string) (reasons, error) {
	r := reasons{}
	key := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		said := strings.TrimSpace(line)
		switch {
		case said == "" || strings.HasPrefix(line, "#"):
		case line[0] != ' ' && line[0] != '\t':
			if _, twice := r[said]; twice {
				return nil, fmt.Errorf("line %d: %s: named twice", n, said)
			}
			key = said
			r[key] = ""
		case key == "":
			return nil, fmt.Errorf("line %d: a reason without a mutant: write its key on the line above", n)
		default:
			r[key] = strings.TrimSpace(r[key] + " " + said)
		}
	}
	for key, reason := range r {
		if reason == "" {
			return nil, fmt.Errorf("%s: no reason: write it on the line below, indented", key)
		}
	}
	return r, nil
}

// match checks that each key names one of the mutants.
func (r reasons) match(ms []mutant) error {
	have := map[string]bool{}
	for _, m := range ms {
		have[m.key()] = true
	}
	var errs []error
	for key := range r {
		if !have[key] {
			errs = append(errs, fmt.Errorf("%s: no mutant has this key: the code has changed, or the area is no longer drawn from", key))
		}
	}
	return errors.Join(errs...)
}
