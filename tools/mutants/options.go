package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are the arguments of a run.
type options struct {
	n     int
	seed  uint64
	root  string
	work  string
	areas []area // all
	from  []string
	again map[string]bool // keys to try alone; nil: a sample
	most  time.Duration
	slow  time.Duration
	least float64
	list  bool

	equivalent string // text of the file of reasons
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	o := options{areas: areas, equivalent: equivalent}
	fs := flag.NewFlagSet("mutants", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&o.n, "n", 400, "how many mutants, in equal parts of the areas")
	fs.Uint64Var(&o.seed, "seed", 1, "which mutants are drawn")
	fs.StringVar(&o.root, "root", "../..", "directory of the module")
	fs.StringVar(&o.work, "work", "", "directory that keeps what each test executes (default: one for this run alone)")
	names := fs.String("areas", "", "areas to draw from, with commas between (default: all)")
	again := fs.String("again", "", "output of an earlier run: try what lived there, and no sample")
	fs.DurationVar(&o.most, "most", time.Minute, "how long the tests of one package may take for one mutant: the shortest first")
	fs.DurationVar(&o.slow, "slow", 10*time.Second, "how long tests may take beyond five times what they take alone, before they hang")
	fs.Float64Var(&o.least, "least", 90, "how many per cent have to be killed of those that are not equivalent")
	fs.BoolVar(&o.list, "list", false, "print the sample, and try none")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if o.n < 1 {
		return o, errors.New("-n: at least one mutant")
	}
	var err error
	if o.root, err = filepath.Abs(o.root); err != nil {
		return o, err
	}
	if o.from, err = areasNamed(*names); err != nil {
		return o, err
	}
	if *again != "" {
		text, err := os.ReadFile(*again)
		if err != nil {
			return o, err
		}
		o.again = survivors(string(text))
	}
	return o, nil
}

// areasNamed splits a list of areas; all for "".
func areasNamed(list string) ([]string, error) {
	var all []string
	for _, a := range areas {
		all = append(all, a.name)
	}
	if list == "" {
		return all, nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("-areas: there is no area %q, but %s", name, strings.Join(all, ", "))
		}
	}
	return names, nil
}

// survivors are the keys of the mutants that lived by a run's output.
func survivors(output string) map[string]bool {
	keys := map[string]bool{}
	for text := range strings.Lines(output) {
		rest, ok := strings.CutPrefix(text, lived.String()+" ")
		if !ok {
			continue
		}
		key, _, _ := strings.Cut(rest, "  [")
		fields := strings.SplitN(strings.TrimSpace(key), " ", 3) // seconds, place, key
		if len(fields) == 3 {
			keys[fields[2]] = true
		}
	}
	return keys
}
