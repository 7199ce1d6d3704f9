//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// good returns a valid result.
func good() result {
	var r result
	r.Verdict, r.Exit = "fail", 1
	r.Sessions.Attempted, r.Sessions.OK, r.Sessions.Failed = 5, 4, 1
	r.Coordinators = []coordinatorTally{{Name: "a", Sessions: 4}}
	r.Nodes = append(r.Nodes, struct {
		Address      string         `json:"address"`
		Sessions     int            `json:"sessions"`
		Coordinators map[string]int `json:"coordinators"`
	}{Address: "127.0.0.1:1", Sessions: 5, Coordinators: map[string]int{"a": 4}})
	r.Findings = []finding{{ID: "errors.rate", Status: "fail", Message: "1 of 5 failed"}}
	return r
}

func TestResult_Validate(t *testing.T) {
	t.Parallel()
	if err := good().validate(commandResult{code: 1}); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*result){
		"wrong exit code":                       func(r *result) { r.Exit = 0 },
		"one session too many":                  func(r *result) { r.Sessions.OK++ },
		"one session missing on a node":         func(r *result) { r.Nodes[0].Sessions-- },
		"one session too many on a coordinator": func(r *result) { r.Coordinators[0].Sessions++ },
		"session left open":                     func(r *result) { r.Sessions.LeftOpen, r.Sessions.Failed, r.Sessions.OK = 1, 0, 5 },
		"pass with a failed finding":            func(r *result) { r.Verdict = "pass" },
		"failure without a failed finding":      func(r *result) { r.Findings = nil },
	} {
		r := good()
		spoil(&r)
		if r.validate(commandResult{code: 1}) == nil {
			t.Errorf("%s: accepted as valid", name)
		}
	}
}

func TestResult_ExpectFinding(t *testing.T) {
	t.Parallel()
	r := good()
	if err := r.expectFinding("errors.rate", "fail", "1 of 5", "failed"); err != nil {
		t.Error(err)
	}
	if r.expectFinding("errors.rate", "pass", "1 of 5") == nil || r.expectFinding("errors.rate", "fail", "2 of 5") == nil || r.expectFinding("tls.chain", "fail") == nil {
		t.Error("no error for a missing finding")
	}
}

func TestCluster_ParsePID(t *testing.T) {
	t.Parallel()
	c := &cluster{lines: []simListener{{PIDs: map[string][]int{"a": {11}, "b": {12, 13}}}}}
	if pid, owner, err := c.parsePID(commandResult{stdout: []byte("13\n")}); pid != 13 || owner != "b" || err != nil {
		t.Errorf("13: %d of %q, %v", pid, owner, err)
	}
	for _, printed := range []string{"", "14\n", "11\n12\n", "pid 11", "11.0"} {
		if _, _, err := c.parsePID(commandResult{stdout: []byte(printed)}); err == nil {
			t.Errorf("%q: accepted as the pid of a coordinator", printed)
		}
	}
}

func TestReplaceHosts_Lines(t *testing.T) {
	t.Parallel()
	for _, others := range []string{"", "127.0.0.1 localhost\n", "127.0.0.1 localhost"} {
		ours := "127.0.1.1 " + lbName + " " + hostsMark + "\n"
		with := replaceHostsLines(others, ours)
		if !strings.HasSuffix(with, ours) || !strings.HasPrefix(with, others) {
			t.Errorf("%q: %q", others, with)
		}
		if again := replaceHostsLines(with, ours); again != with {
			t.Errorf("%q: a second time gives %q", others, again)
		}
		if without := replaceHostsLines(with, ""); strings.TrimSuffix(without, "\n") != strings.TrimSuffix(others, "\n") {
			t.Errorf("%q: %q is left", others, without)
		}
	}
}

func TestProof_FullRunHasMore(t *testing.T) {
	t.Parallel()
	all := []proof{{name: "spark.http", full: true}, {name: "spark.ldap"}}
	for _, c := range []struct {
		part string
		full bool
		want int
	}{{"", false, 1}, {"", true, 2}, {"spark", false, 2}, {"spark.http", false, 1}} {
		if chosen := selectProofs(all, c.part, c.full); len(chosen) != c.want {
			t.Errorf("%q, full %t: %d proofs, not %d", c.part, c.full, len(chosen), c.want)
		}
	}
}

// What cannot be tried here is NOT PROVEN; what fails is a failure, too.
func TestSummarize_UnavailableIsNoFailure(t *testing.T) {
	t.Parallel()
	missing := proof{name: "missing", run: func(context.Context) (evidence, error) {
		return evidence{}, fmt.Errorf("install: %w", unavailable("no Python 2.7"))
	}}
	failing := proof{name: "failing", run: func(context.Context) (evidence, error) { return evidence{}, errors.New("wrong") }}
	outcomes := runProofs(t.Context(), []proof{missing, failing})
	if o := outcomes[0]; o.Proven || !o.Cannot {
		t.Errorf("unavailable: %+v", o)
	}
	if o := outcomes[1]; o.Proven || o.Cannot {
		t.Errorf("failed: %+v", o)
	}
	l := &lab{began: time.Now()}
	if code := summarize(l, outcomes[:1], false); code != 0 {
		t.Errorf("exit %d for what is unavailable", code)
	}
	if code := summarize(l, outcomes, false); code != 1 {
		t.Errorf("exit %d for a failure", code)
	}
}

// What a client prints beside the pid must be there, and is cut off.
func TestClientCase_CutWords(t *testing.T) {
	t.Parallel()
	c := clientCase{words: []string{"Operator"}}
	a := commandResult{stdout: []byte("11\nOperator  #Hosts\n")}
	if err := c.cutWords(&a); err != nil || string(a.stdout) != "11" {
		t.Errorf("%q, %v", a.stdout, err)
	}
	if err := c.cutWords(&commandResult{stdout: []byte("11\n")}); err == nil {
		t.Error("no error for missing words")
	}
}
