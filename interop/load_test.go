//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProof_LongRunsOnlyByItsWholeName(t *testing.T) {
	t.Parallel()
	all := []proof{{name: "load.short"}, {name: "soak", onlyByName: true}}
	for part, want := range map[string]int{"": 1, "load": 1, "so": 0, "soak": 1} {
		if chosen := selectProofs(all, part, false); len(chosen) != want {
			t.Errorf("%q: %d proofs, not %d", part, len(chosen), want)
		}
	}
}

func TestCut_IsTakenForWhatItIs(t *testing.T) {
	t.Parallel()
	good := idleResult{LastAlive: 1, FirstDead: 4, Cut: "fin", At: 2.02}
	if err := good.expectCut("fin", 1.8, 2.2); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*idleResult){
		"wrong cut":            func(s *idleResult) { s.Cut = "rst" },
		"last alive too late":  func(s *idleResult) { s.LastAlive = 4 },
		"first dead too early": func(s *idleResult) { s.FirstDead = 1 },
		"noticed too early":    func(s *idleResult) { s.At = 1.7 },
		"not noticed":          func(s *idleResult) { s.At = 0 },
	} {
		s := good
		spoil(&s)
		if s.expectCut("fin", 1.8, 2.2) == nil {
			t.Errorf("%s: accepted as a FIN after 2 s", name)
		}
	}
	if good.Cut = "silent"; good.expectCut("silent", 0, 0) == nil {
		t.Error("accepted a silent cut that was noticed")
	}
}

func TestShares_AreOfNewSessionsDueThen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "o.jsonl")
	lines := `{"part":"held","due_ms":9000,"coordinator":"a"}
{"part":"arrival","due_ms":6999,"coordinator":"a"}
{"part":"arrival","due_ms":7000,"coordinator":"a"}
{"part":"arrival","due_ms":8000,"coordinator":"b"}
{"part":"arrival","due_ms":9000,"coordinator":"b"}
{"part":"arrival","due_ms":9500,"coordinator":"b"}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	shares, err := sharesSince(file, 7)
	if err != nil || len(shares) != 2 || shares["a"] != 0.25 || shares["b"] != 0.75 {
		t.Errorf("shares %v, %v", shares, err)
	}
}

func TestFailure_OfThisMachineIsNotTheServices(t *testing.T) {
	t.Parallel()
	var good toolResult
	good.Stopped.By, good.Stopped.Class = "generator", "tcp.local-ports"
	if err := good.expectLocalStop("tcp.local-ports"); err != nil {
		t.Fatal(err)
	}
	failed := good
	failed.Sessions.Failed = 1
	if failed.expectLocalStop("tcp.local-ports") == nil || good.expectLocalStop("tcp.local-nofile") == nil {
		t.Error("accepted a failed session or another class")
	}
}

func TestSample_IsOfTheLivingProcess(t *testing.T) {
	t.Parallel()
	s, err := readSample(os.Getpid())
	if err != nil || s.memory < 1000 || s.descriptors < 3 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := readSample(1 << 30); err == nil {
		t.Error("no error for a process that does not exist")
	}
}
