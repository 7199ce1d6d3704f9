package main

import (
	"path"
	"slices"
	"strings"
)

// An area is a part of the code that has its own part of the sample.
type area struct {
	name  string
	code  []string // packages, or files that end in .go
	tests []string // packages whose tests may kill, after those of the changed package
}

// areas is what a wrong verdict or a hanging run can come from.
var areas = []area{
	{
		name: "judge",
		code: []string{
			"scenarios/judge", "scenarios/threshold", "scenarios/internal/balance", "scenarios/internal/batch",
			"scenarios/internal/budget", "scenarios/internal/cause", "scenarios/internal/generator",
		},
		tests: []string{"scenarios/internal/cause", "scenarios/judge", "scenarios/merge", "report"},
	},
	{
		name: "hs2client",
		code: []string{
			"hs2client", "hs2client/internal/httpwire", "hs2client/internal/kdc", "hs2client/internal/wire", "internal/saslframe",
		},
		tests: []string{"hs2client"},
	},
	{
		name:  "stats",
		code:  []string{"internal/stats"},
		tests: []string{"scenarios/sizing", "scenarios/internal/budget", "scenarios/internal/balance", "scenarios/judge"},
	},
	{
		name: "exit codes",
		code: []string{
			"cmd/impala-lbcheck/exit.go", "cmd/impala-lbcheck/main.go", "cmd/impala-lbcheck/output.go",
			"cmd/impala-lbcheck/provisionend.go", "cmd/impala-lbcheck/signal.go",
			"scenarios/result.go", "scenarios/result_check.go",
		},
		tests: []string{"scenarios", "scenarios/judge", "report", "cmd/impala-lbcheck"},
	},
	{
		name: "schedules",
		code: []string{
			"scenarios/run/internal/pace", "scenarios/run/internal/handoff", "scenarios/internal/deal",
			"scenarios/run/arrivals.go", "scenarios/run/deal.go", "scenarios/run/kind_stages.go", "scenarios/run/kind_watch.go",
			"scenarios/stage.go", "scenarios/shard.go",
		},
		tests: []string{"scenarios", "scenarios/run"},
	},
}

// elsewhere has the tests of what no package of an area's executes.
const elsewhere = "cmd/impala-lbcheck"

// packagesOf are those that the areas' code is in, each once.
func packagesOf(areas []area) []string {
	var names []string
	for _, a := range areas {
		for _, code := range a.code {
			names = append(names, packageOf(code))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// has reports whether a file is of the area.
func (a area) has(file string) bool {
	return slices.Contains(a.code, file) || slices.Contains(a.code, path.Dir(file))
}

// testsOf are the packages whose tests may kill a mutant of the file, in order.
func (a area) testsOf(file string) []string {
	order := append([]string{path.Dir(file)}, a.tests...)
	var once []string
	for _, name := range order {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}

func packageOf(code string) string {
	if strings.HasSuffix(code, ".go") {
		return path.Dir(code)
	}
	return code
}
