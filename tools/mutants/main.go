package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command: 0 if all that lived is equivalent or the share is reached, 1 if not,
// 2 for wrong arguments.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "mutants:", err)
		return 2
	}
	if err := try(o, stdout); err != nil {
		fmt.Fprintln(stderr, "mutants:", err)
		return 1
	}
	return 0
}

//go:embed equivalent.txt
var equivalent string

// try draws the sample, tries it, and prints a line for each mutant and the table.
func try(o options, stdout io.Writer) error {
	began := time.Now()
	known, err := parseReasons(equivalent)
	if err != nil {
		return fmt.Errorf("equivalent.txt: %w", err)
	}
	if o.root, err = filepath.Abs(o.root); err != nil {
		return err
	}
	code, err := readCode(o)
	if err != nil {
		return err
	}
	if err := code.check(known, len(o.areas) == len(areas)); err != nil {
		return fmt.Errorf("equivalent.txt: %w", err)
	}
	r := &trial{code: code, known: known, out: stdout, list: o.list}
	if !o.list {
		work, done, err := workDirectory(o.work)
		if err != nil {
			return err
		}
		defer done()
		if err := r.measure(bench{root: o.root, work: work}, o); err != nil {
			return err
		}
	}
	n := draw(code.drawings(o), o.sampled(), r.mutant)
	if o.list {
		return nil
	}
	fmt.Fprintf(stdout, "\nseed %d, %s in %s\n\n", o.seed, plural(n, "mutant"), time.Since(began).Round(time.Second))
	table(stdout, r.counts)
	return errors.Join(r.wrong...)
}

// workDirectory makes the directory for binaries and for what is kept; done removes it
// unless it was named.
func workDirectory(named string) (dir string, done func(), err error) {
	if named == "" {
		dir, err = os.MkdirTemp("", "mutants")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir, err = filepath.Abs(named)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {}, os.MkdirAll(dir, 0o777)
}
