//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// verdictCase is a run of our command through balancers, and what its report must say.
// Each run has another seed.
type verdictCase struct {
	name     string
	command  string   // "": smoke
	args     []string // flags and endpoints
	want     expectation
	statuses map[string]string  // of findings that do not fail
	says     map[string]string  // words of a finding's text, by the finding's ID
	lastLine []string           // words of the report's last line
	check    func(result) error // another check; nil: none

	during func(ctx context.Context, pid int) error // runs at the same time; nil: none
	others *strangers                               // come and go at the same time; nil: none

	counted func(context.Context) (connections, error) // what the balancers have counted since they started
	cluster interface {
		addresses() []string
		names() []string
	} // whose coordinators they count; nil: their names do not tell them apart
}

// prove runs the case and compares our counts with the balancers'.
func (c verdictCase) prove(ctx context.Context, l *lab) (evidence, error) {
	before, err := c.counted(ctx)
	if err != nil {
		return evidence{}, err
	}
	leave := func() int { return 0 }
	if c.others != nil {
		leave = c.others.visit(ctx)
	}
	observed := l.file("run", c.name+".jsonl")
	r, err := l.check(ctx, toolRun{
		name: c.name, want: c.want, during: c.during,
		args: append([]string{cmp.Or(c.command, "smoke"), "--timeout", "5s", "--observations", observed}, c.args...),
	})
	strangers := leave()
	if err == nil {
		err = c.verify(r)
	}
	ours := connections{}
	if err == nil {
		ours, err = r.connections(observed)
	}
	if err == nil {
		err = c.compare(ctx, before, ours, strangers)
	}
	if err != nil {
		return evidence{}, fmt.Errorf("--seed %d: %w", r.Seed, err)
	}
	return evidence{numbers: c.numbers(r, ours.accepted, strangers), tally: r.sessionsByCoordinator()}, nil
}

// verify checks the findings and the last line.
func (c verdictCase) verify(r toolResult) error {
	for id, status := range c.statuses {
		if err := r.expectFinding(id, status); err != nil {
			return err
		}
	}
	for id, words := range c.says {
		if text := r.textOf(id); !strings.Contains(text, words) {
			return fmt.Errorf("%s does not have the words %q: %s", id, words, text)
		}
	}
	last := lastLine(r.stdout)
	for _, words := range c.lastLine {
		if !strings.Contains(last, words) {
			return fmt.Errorf("the last line does not have the words %q: %s", words, last)
		}
	}
	if c.check != nil {
		return c.check(r.result)
	}
	return nil
}

// compare waits until the balancers have counted our connections and those of
// strangers, and compares each coordinator's.
func (c verdictCase) compare(ctx context.Context, before, ours connections, strangers int) error {
	if c.others != nil && strangers == 0 {
		return errors.New("no stranger got in, so the case proves nothing")
	}
	after, err := awaitConnections(ctx, c.counted, before.accepted+ours.accepted+strangers)
	if err != nil || c.cluster == nil {
		return err
	}
	names := c.cluster.names()
	answered := 0
	for _, n := range ours.servers {
		answered += n
	}
	exact := answered == ours.accepted && c.others == nil && c.during == nil
	for i, address := range c.cluster.addresses() {
		counted, answered := after.servers[address]-before.servers[address], ours.servers[names[i]]
		if counted < answered || exact && counted != answered {
			return fmt.Errorf("the balancer counted %d connections to %s, which answered %d of ours", counted, names[i], answered)
		}
	}
	return nil
}

func (c verdictCase) numbers(r toolResult, connected, strangers int) string {
	s := r.Sessions
	text := fmt.Sprintf("%d sessions and %d to get in, %d connections by the balancer's count too; exit %d", s.Attempted, s.Scout+s.Settle, connected, r.Exit)
	if strangers > 0 {
		text += fmt.Sprintf("; %d connections of others", strangers)
	}
	if len(c.want.failed) > 0 {
		text += ", failed as expected: " + strings.Join(c.want.failed, ", ")
	}
	return text
}

// textOf returns the text of every finding with an ID.
func (r result) textOf(id string) string {
	var texts []string
	for _, f := range r.Findings {
		if f.ID == id {
			texts = append(texts, f.allText())
		}
	}
	return strings.Join(texts, "; ")
}

// lastLine returns the last line of a report.
func lastLine(report []byte) string {
	report = bytes.TrimSpace(report)
	return string(report[bytes.LastIndexByte(report, '\n')+1:])
}
