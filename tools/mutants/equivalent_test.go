package main

import (
	"strings"
	"testing"
)

func TestReasons_AreReadFromTheirFile(t *testing.T) {
	t.Parallel()
	r, err := parseReasons("# comment\np/p.go f: 1 => 0\n    It is multiplied\n    by nothing.\n\np/p.go f: 2 => (2 + 1)\n\tAlike.\n")
	if err != nil || len(r) != 2 || r["p/p.go f: 1 => 0"] != "It is multiplied by nothing." || r["p/p.go f: 2 => (2 + 1)"] != "Alike." {
		t.Errorf("%v, %v", r, err)
	}
	for text, want := range map[string]string{
		"p/p.go f: 1 => 0\n":             "no reason",
		"  a reason\n":                   "without a mutant",
		"k: 1 => 0\n r\nk: 1 => 0\n r\n": "twice",
	} {
		if _, err := parseReasons(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestReasons_OfNoMutantAreAnError(t *testing.T) {
	t.Parallel()
	ms := some("p/p.go", 2)
	if err := (reasons{ms[0].key(): "why"}).match(ms); err != nil {
		t.Error(err)
	}
	if err := (reasons{"p/gone.go f: 1 => 0": "why"}).match(ms); err == nil || !strings.Contains(err.Error(), "p/gone.go f: 1 => 0") {
		t.Errorf("%v", err)
	}
}

// Each equivalent that is named has a mutant today.
func TestEquivalents_NameMutants(t *testing.T) {
	t.Parallel()
	o, err := parseOptions(nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	r, err := newTrial(o, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range o.areas {
		if len(r.code.mutants[a.name]) < 100 {
			t.Errorf("%d mutants of %s: that is not all", len(r.code.mutants[a.name]), a.name)
		}
	}
}
