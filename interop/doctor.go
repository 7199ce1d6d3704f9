//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// examination has the documented keys of what doctor --json prints.
type examination struct {
	Exit     int `json:"exit"`
	Problems []struct {
		Cause string `json:"cause"`
		Title string `json:"title"`
		Link  string `json:"link"`
	} `json:"problems"`
	Ways []struct {
		State string `json:"state"`
	} `json:"ways"`
}

// named returns the causes that doctor names.
func (e examination) named() []string {
	var causes []string
	for _, p := range e.Problems {
		causes = append(causes, p.Cause)
	}
	return causes
}

// met is a cause that doctor named, for docs/doctor.md.
type met struct{ cause, title, wrong, product string }

// A mismatch is a doctorCase made by one product.
type mismatch struct {
	doctorCase
	product string
	start   func(ctx context.Context) (address string, more []string, stop func(), err error)
}

// doctorProofs let doctor name the causes of mismatches that other software makes, and
// call healthy what is.
func doctorProofs(l *lab) []proof {
	d := &doctorRun{lab: l}
	return []proof{
		{name: "doctor.balancers", run: func(ctx context.Context) (evidence, error) { return d.prove(ctx, d.balancers()) }},
		{name: "doctor.kerberos", run: func(ctx context.Context) (evidence, error) { return d.prove(ctx, d.kerberos()) }},
		{name: "doctor.ports", run: func(ctx context.Context) (evidence, error) { return d.prove(ctx, d.ports()) }},
		{name: "doctor.healthy", run: d.proveHealthy},
		{name: "doctor.document", run: d.proveDocument},
	}
}

// doctorRun collects what doctor named.
type doctorRun struct {
	lab *lab
	met []met
}

// doctorLimit is the time that doctor may take, and some for a busy machine.
const doctorLimit = 40 * time.Second

// examine runs doctor.
func (l *lab) examine(ctx context.Context, name string, args ...string) (examination, error) {
	var e examination
	a, err := l.runTool(ctx, toolRun{name: name, limit: doctorLimit, args: append([]string{"doctor", "--json"}, args...)})
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(a.stdout, &e); err != nil {
		return e, fmt.Errorf("exit %d: %w: %s", a.code, err, tail(a.stderr))
	}
	if e.Exit != a.code {
		return e, fmt.Errorf("exit %d, and %d in the report", a.code, e.Exit)
	}
	return e, nil
}

// prove lets doctor find the cause of each mismatch: that cause and no other.
func (d *doctorRun) prove(ctx context.Context, all []mismatch) (evidence, error) {
	var errs []error
	causes, products := map[string]bool{}, map[string]bool{}
	for i, m := range all {
		found, err := d.meet(ctx, fmt.Sprintf("doctor-%s-%02d", strings.ToLower(m.product), i), m)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s, %s: %w", m.product, m.wrong, err))
			fmt.Fprintln(os.Stderr, errs[len(errs)-1])
			continue
		}
		d.met = append(d.met, found)
		causes[m.cause], products[m.product] = true, true
	}
	if err := errors.Join(errs...); err != nil {
		return evidence{}, fmt.Errorf("%d of %d: %w", len(errs), len(all), err)
	}
	return evidence{numbers: fmt.Sprintf("%d mismatches of %d causes by %d products, each named alone", len(all), len(causes), len(products))}, nil
}

func (d *doctorRun) meet(ctx context.Context, name string, m mismatch) (met, error) {
	address, more, stop, err := m.start(ctx)
	if err != nil {
		return met{}, err
	}
	defer stop()
	fill, err := d.places()
	if err != nil {
		return met{}, err
	}
	var flags []string
	for _, f := range m.flags {
		flags = append(flags, fill.Replace(f))
	}
	e, err := d.lab.examine(ctx, name, slices.Concat([]string{address}, flags, more)...)
	if err != nil {
		return met{}, err
	}
	if exit := cmp.Or(m.exit, 1); !slices.Equal(e.named(), []string{m.cause}) || e.Exit != exit {
		return met{}, fmt.Errorf("exit %d and %v, want %d and %s", e.Exit, e.named(), exit, m.cause)
	}
	return met{m.cause, e.Problems[0].Title, m.wrong, m.product}, nil
}

// places fills the names in flags.
func (d *doctorRun) places() (*strings.Replacer, error) {
	certs, err := d.lab.pki()
	if err != nil {
		return nil, err
	}
	password, err := d.lab.passwordFile()
	return strings.NewReplacer("{root}", certs.root, "{unrelated}", certs.unrelatedRoot, "{password}", password), err
}

// balancers returns the mismatches of doctorCases by HAProxy and by nginx.
func (d *doctorRun) balancers() []mismatch {
	haproxy := sync.OnceValue(func() error { return d.lab.startDoctorHAProxy(context.Background()) })
	nginx := sync.OnceValue(func() error { return d.lab.startDoctorNginx(context.Background()) })
	var all []mismatch
	for i, c := range doctorCases {
		if len(c.haproxy) > 0 {
			all = append(all, mismatch{doctorCase: c, product: "HAProxy", start: func(context.Context) (string, []string, func(), error) {
				return doctorAddress(doctorHAProxyPort, i), nil, nothing, haproxy()
			}})
		}
		if c.nginx != "" {
			all = append(all, mismatch{doctorCase: c, product: "nginx", start: func(context.Context) (string, []string, func(), error) {
				return doctorAddress(doctorNginxPort, i), nil, nothing, nginx()
			}})
		}
	}
	return all
}

// proveDocument compares docs/doctor.md with what was proven. A run of doctor's proofs
// alone writes it.
func (d *doctorRun) proveDocument(context.Context) (evidence, error) {
	path := filepath.Join(d.lab.root, "docs", "doctor.md")
	want := d.document()
	causes := map[string]bool{}
	for _, m := range d.met {
		causes[m.cause] = true
	}
	if len(d.met) < 30 || len(causes) < 15 {
		return evidence{}, fmt.Errorf("only %d mismatches of %d causes were named", len(d.met), len(causes))
	}
	if d.lab.rewrites {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			return evidence{}, err
		}
	}
	if b, err := os.ReadFile(path); err != nil {
		return evidence{}, err
	} else if string(b) != want {
		return evidence{}, errors.New("docs/doctor.md is not what was proven; go run ./interop doctor. writes it")
	}
	return evidence{numbers: fmt.Sprintf("docs/doctor.md has %d mismatches of %d causes", len(d.met), len(causes))}, nil
}

const doctorHead = "# What `doctor` names\n\n" +
	"`impala-lbcheck doctor HOST` was run against software that is not ours, set up wrongly in one\n" +
	"way at a time, and named this cause and no other. `make interop` runs it again, and compares\n" +
	"this page, which is made of what it saw. What to do about a cause is in\n" +
	"[troubleshooting.md](troubleshooting.md).\n\n" +
	"| what is wrong | made by | cause | what `doctor` says |\n|---|---|---|---|\n"

// document returns docs/doctor.md.
func (d *doctorRun) document() string {
	var b strings.Builder
	b.WriteString(doctorHead)
	for i, m := range d.met {
		if slices.ContainsFunc(d.met[:i], func(other met) bool { return other.wrong == m.wrong }) {
			continue // in the row of the first product
		}
		var products []string
		for _, other := range d.met {
			if other.wrong == m.wrong {
				products = append(products, other.product)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | [%s](troubleshooting.md#%s) | %s |\n", m.wrong, strings.Join(products, ", "), m.cause, m.cause, m.title)
	}
	return b.String()
}
