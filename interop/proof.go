//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A proof is a claim about impala-lbcheck and software that is not ours.
type proof struct {
	name       string
	prepare    func() // starts slow installations while other proofs run; nil: none
	run        func(context.Context) (evidence, error)
	full       bool // only in the full run, or by a part of its name
	onlyByName bool // too slow to run unless its exact name is requested
}

// evidence supports a proof. tally has sessions by coordinator; it is nil if the
// proof does not count any.
type evidence struct {
	numbers string
	tally   map[string]int
}

// proofResult is the result of a proof in proof.json.
type proofResult struct {
	Name    string         `json:"name"`
	Proven  bool           `json:"proven"`
	Numbers string         `json:"numbers,omitempty"`
	Why     string         `json:"why,omitempty"`         // the error, if not proven
	Cannot  bool           `json:"unavailable,omitempty"` // it could not be tried here: no failure
	Tally   map[string]int `json:"tally,omitempty"`
	Seconds float64        `json:"seconds"`
}

// selectProofs returns the proofs whose names contain part. Without a part it leaves
// out those of the full run, unless that is wanted.
func selectProofs(all []proof, part string, full bool) []proof {
	var chosen []proof
	for _, p := range all {
		switch {
		case p.onlyByName && p.name != part, p.full && part == "" && !full:
		case strings.Contains(p.name, part):
			chosen = append(chosen, p)
		}
	}
	return chosen
}

// runProofs runs the proofs one after the other, because they share two cores and
// the balancers' counters, and prints a line for each.
func runProofs(ctx context.Context, proofs []proof) []proofResult {
	for _, p := range proofs {
		if p.prepare != nil {
			go p.prepare()
		}
	}
	var outcomes []proofResult
	for _, p := range proofs {
		began := time.Now()
		e, err := p.run(ctx)
		if err == nil && e.numbers == "" {
			err = fmt.Errorf("the proof has no evidence")
		}
		o := proofResult{Name: p.name, Proven: err == nil, Numbers: e.numbers, Tally: e.tally, Seconds: time.Since(began).Seconds()}
		if err != nil {
			o.Why, o.Cannot = shorten(err.Error()), isUnavailable(err)
		}
		o.print()
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// print writes the proof as one line.
func (o proofResult) print() {
	if o.Proven {
		fmt.Printf("PROVEN  %s  %s\n", o.Name, o.Numbers)
		return
	}
	fmt.Printf("NOT PROVEN  %s  %s\n", o.Name, o.Why)
}

// save writes versions and outcomes to interop/proof.json.
func (l *lab) save(outcomes []proofResult) error {
	b, err := json.MarshalIndent(struct {
		Versions map[string]string `json:"versions"`
		Seconds  float64           `json:"duration_s"`
		Proofs   []proofResult     `json:"proofs"`
	}{Versions: l.versions(), Seconds: time.Since(l.began).Seconds(), Proofs: outcomes}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.root, "interop", "proof.json"), append(b, '\n'), 0o644)
}

// shorten puts text on one line and limits its length.
func shorten(s string) string {
	const maxLength = 600
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxLength {
		s = s[:maxLength] + "..."
	}
	return s
}
