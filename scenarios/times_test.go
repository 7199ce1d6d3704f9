package scenarios

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestPhaseStats_JSON(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	for i := range 1000 {
		p.Record([NumPhases]time.Duration{PhaseOpen: time.Duration(i) * time.Millisecond, PhaseClose: time.Nanosecond})
	}
	p.Record([NumPhases]time.Duration{PhaseTLS: 100 * time.Hour})
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read PhaseStats
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(stored) {
		t.Errorf("written again it is\n%s\nnot\n%s", again, stored)
	}
	if n, q := read.Count(PhaseOpen), read.Quantile(PhaseOpen, .5); n != 999 || q < 499*time.Millisecond || q > 501*time.Millisecond {
		t.Errorf("open: count %d, median %v", n, q)
	}
}

func TestPhaseStats_UnmarshalJSON_Errors(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	err := json.Unmarshal([]byte(`{"open": {"hdr": "!"}}`), &p)
	if err == nil || !strings.Contains(err.Error(), "phase open: illegal base64") {
		t.Errorf("fails with %v", err)
	}
}

func TestPhaseStats_UnmarshalJSON_UnknownPhase(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	if err := json.Unmarshal([]byte(`{"warp": {"hdr": "?"}}`), &p); err != nil {
		t.Error(err)
	}
}
