package main

import (
	"slices"
	"testing"
)

const someProfile = `mode: set
` + module + `/p/p.go:10.13,12.9 2 1
` + module + `/p/p.go:12.9,14.3 1 0
` + module + `/p/q.go:3.1,9.2 1 1
`

func TestReadProfile_SaysWhatWasExecuted(t *testing.T) {
	t.Parallel()
	got, err := readProfile(someProfile)
	if err != nil || len(got) != 3 || !got[block{"p/p.go", 10, 13, 12, 9}] || got[block{"p/p.go", 12, 9, 14, 3}] {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := readProfile(someProfile + module + "/p/p.go:12.9,14.3 1 7\n"); err != nil || !got[block{"p/p.go", 12, 9, 14, 3}] {
		t.Errorf("what a second process executed: %v, %v", got, err)
	}
	if _, err := readProfile("mode: set\nno profile\n"); err == nil {
		t.Error("what is no profile is read")
	}
}

func TestCovering_AreTheTestsThatExecuteThePlace(t *testing.T) {
	t.Parallel()
	s := suite{
		Blocks: []block{{"p/p.go", 10, 13, 12, 9}, {"p/p.go", 12, 9, 14, 3}, {"p/q.go", 3, 1, 9, 2}},
		Tests:  []test{{Name: "Neither"}, {Name: "First", Ran: []int{0}}, {Name: "Both", Ran: []int{0, 1}}, {Name: "Other", Ran: []int{2}}},
	}
	for name, tc := range map[string]struct {
		m    mutant
		want []string
	}{
		"in a block":               {mutant{file: "p/p.go", function: "f", line: 11, col: 1}, []string{"First", "Both"}},
		"in the next":              {mutant{file: "p/p.go", function: "f", line: 12, col: 9}, []string{"Both"}},
		"before a block's column":  {mutant{file: "p/p.go", function: "f", line: 10, col: 12}, []string{"First", "Both"}}, // in none: by function
		"in no block":              {mutant{file: "p/p.go", function: "f", line: 15, col: 1}, []string{"First", "Both"}},
		"a variable":               {mutant{file: "p/p.go", line: 1, col: 1}, []string{"First", "Both", "Other"}},
		"in a file of no test":     {mutant{file: "p/r.go", function: "f", line: 4, col: 1}, nil},
		"in a package of no test":  {mutant{file: "r/r.go", line: 4, col: 1}, nil},
		"in a function of no test": {mutant{file: "p/q.go", function: "f", line: 20, col: 1, scope: scope{20, 30}}, nil},
	} {
		if tc.m.scope == (scope{}) {
			tc.m.scope = scope{10, 16}
		}
		var got []string
		for _, t := range s.covering(tc.m) {
			got = append(got, t.Name)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
