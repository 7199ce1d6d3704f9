package scenarios

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

var nodesOfOrder = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.2:1"), netip.MustParseAddrPort("127.0.0.3:1")}

// Whatever became of a session, it keeps its place, and a stored sequence is the
// one that was stored.
func TestSequence_KeepsEveryOrderedSession(t *testing.T) {
	t.Parallel()
	var l Look
	local := netip.MustParseAddrPort("[::ffff:192.0.2.9]:4711")
	for i, name := range []string{"a", "", "b", "a"} {
		l.Add(Observation{Part: PartOrdered, Node: nodesOfOrder[i%2], Local: local, Outcome: OutcomeOK, Who: Identity{Coordinator: name}})
	}
	l.Add(Observation{Part: PartBurst, Node: nodesOfOrder[0], Outcome: OutcomeOK, Who: Identity{Coordinator: "c"}})
	want := Sequence{Nodes: nodesOfOrder, Coordinators: []string{"a", "b"}, Locals: []netip.Addr{netip.MustParseAddr("192.0.2.9")},
		Steps: Steps{{1, 1, 1}, {2, 0, 1}, {1, 2, 1}, {2, 1, 1}}}
	if !reflect.DeepEqual(l.Sequence, want) || !l.Blocks.IsZero() {
		t.Fatalf("got %+v and %+v, want %+v", l.Sequence, l.Blocks, want)
	}
	if err := l.checkOrder(); err != nil {
		t.Error(err)
	}
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Look
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back.Sequence, want) || !strings.Contains(string(b), `"1:1:1 2:0:1 1:2:1 2:1:1"`) {
		t.Errorf("stored and read it is %+v, %v; the file has %s", back.Sequence, err, b)
	}
}

func TestSequence_Append(t *testing.T) {
	t.Parallel()
	first, later := []Session{{nodesOfOrder[0], "a", netip.Addr{}}, {nodesOfOrder[1], "", netip.Addr{}}}, []Session{{nodesOfOrder[1], "b", netip.MustParseAddr("::1")}, {nodesOfOrder[0], "a", netip.Addr{}}}
	var one, two, all Sequence
	for _, s := range first {
		one.Add(s)
		all.Add(s)
	}
	for _, s := range later {
		two.Add(s)
		all.Add(s)
	}
	got := one.Clone()
	got.Append(two)
	if !reflect.DeepEqual(got, all) || len(one.Steps) != 2 {
		t.Errorf("got %+v, want %+v", got, all)
	}
	var back []Session
	for s := range got.All() {
		back = append(back, s)
	}
	if want := append(first, later...); !reflect.DeepEqual(back, want) {
		t.Errorf("got %+v, want %+v", back, want)
	}
}

// The order of a look has the sessions of its tally: a file in which they differ is
// of no run.
func TestLook_OrderHasTheSessionsOfTheTally(t *testing.T) {
	t.Parallel()
	const tally = `"tally": [{"node": "127.0.0.2:1", "coordinator": "a", "ok": 2}, {"node": "127.0.0.2:1", "coordinator": "", "ok": 0, "failed": 1}]`
	const nodes, names = `"nodes": ["127.0.0.2:1"]`, `"coordinators": ["a"]`
	const blocks = `"blocks": {"width": 2, "from": 1, "cells": [{"node": "127.0.0.2:1", "coordinator": "a"}, {"node": "127.0.0.2:1", "coordinator": ""}], "sessions": `
	const local = `, "errors": [{"class": "open.local-nofile", "count": 1}]`
	for name, c := range map[string]struct{ look, want string }{
		"none, as in earlier versions":  {tally, ""},
		"in order":                      {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0 1:0:0 1:1:0"}`, ""},
		"in blocks":                     {tally + `, ` + blocks + `["1:1", "2:1 1:1"]}`, ""},
		"in both":                       {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0"}, ` + blocks + `["1:1", "2:1"]}`, ""},
		"without one of this machine":   {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0 1:1:0"}` + local, ""},
		"one too few":                   {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0 1:1:0"}`, "its order lacks 1 sessions of the tally"},
		"one too many":                  {tally + `, ` + blocks + `["1:2", "2:1 1:1"]}`, "differ by -1 sessions"},
		"an identified one too few":     {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0 1:0:0"}`, "differ by 1 sessions"},
		"a node that is not there":      {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "2:1:0"}`, "sequence: sessions: number 1 is 2:1:0"},
		"no node":                       {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "0:1:0"}`, "sequence: sessions: number 1 is 0:1:0"},
		"a coordinator too many":        {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:2:0"}`, "sequence: sessions: number 1 is 1:2:0"},
		"a number below zero":           {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:-1:0"}`, "is not 3 numbers"},
		"a number too many":             {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "1:1:0:0"}`, "is not 3 numbers"},
		"a cell that is not there":      {tally + `, ` + blocks + `["3:1"]}`, "there is no cell 3"},
		"a cell twice":                  {tally + `, ` + blocks + `["1:1 1:1"]}`, "are there twice"},
		"a width of none":               {tally + `, "blocks": {"width": 0, "sessions": ["1:1"]}`, "invalid width 0"},
		"a first block beyond all":      {tally + `, "blocks": {"width": 4096, "from": 4611686018427387904, "sessions": ["1:1"]}`, "invalid width 4096"},
		"more blocks than a run has":    {tally + `, "blocks": {"width": 1, "sessions": ["1:1"` + strings.Repeat(`, ""`, MaxBlocks) + `]}`, "list of 129"},
		"a sequence longer than a look": {tally + `, "sequence": {` + nodes + `, ` + names + `, "sessions": "` + strings.Repeat("1:1:0 ", MaxOrdered+1) + `"}`, "list of 4097"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l Look
			err := json.Unmarshal([]byte("{"+c.look+"}"), &l)
			if err == nil {
				err = l.checkOrder()
			}
			if got := errorText(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
