package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command: 0 if enough mutants were killed, 1 if not, 2 for wrong arguments.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "mutants:", err)
		return 2
	}
	if err := try(o, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "mutants:", err)
		return 1
	}
	return 0
}

// try draws the sample, tries it, and prints a line for each mutant and the table.
func try(o options, stdout, stderr io.Writer) error {
	began := time.Now()
	r, err := newTrial(o, stdout)
	if err != nil {
		return err
	}
	sample := r.sample(o)
	if len(sample) == 0 {
		return errors.New("there is no mutant to try")
	}
	if o.list {
		for _, m := range sample {
			fmt.Fprintf(stdout, "%d:%d %s\n", m.line, m.col, m.key())
		}
		return nil
	}
	work, done, err := workDirectory(o.work)
	if err != nil {
		return err
	}
	defer done()
	k, err := newKiller(bench{root: o.root, work: work}, r.code, sample, o, stderr)
	if err != nil {
		return err
	}
	if err := r.try(sample, k); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\nseed %d, %s in %s\n\n", o.seed, plural(len(sample), "mutant"), time.Since(began).Round(time.Second))
	all := table(stdout, r.counts)
	if all.share() < o.least {
		r.wrong = append(r.wrong, fmt.Errorf("%.1f %% killed, and %g %% is wanted: write tests of what lived, or its reasons into equivalent.txt", all.share(), o.least))
	}
	return errors.Join(r.wrong...)
}

// workDirectory makes the directory for binaries and for what is kept; done removes it
// unless it was named.
func workDirectory(named string) (dir string, done func(), err error) {
	if named == "" {
		dir, err = os.MkdirTemp("", "mutants")
		if err == nil { // tests of files that others can read need a way to them
			err = os.Chmod(dir, 0o755)
		}
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir, err = filepath.Abs(named)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {}, os.MkdirAll(dir, 0o777)
}
