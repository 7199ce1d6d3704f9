//go:build linux

package main

import (
	"strings"
	"testing"
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
