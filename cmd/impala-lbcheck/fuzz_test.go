package main

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// FuzzObservation reads arbitrary lines of a file of observations: times that are
// bounded, or an error.
func FuzzObservation(f *testing.F) {
	for _, line := range []string{
		`{"seq":1,"part":"look 1","due_ms":0,"start_ms":0.1,"end_ms":1e300,"node":"127.0.0.1:1","phases":{"open":3},"coordinator":"a:1","outcome":"ok"}`,
		`{"seq":-1,"class":"tcp.refused","outcome":"failed"}`, `{"schema":"x"}`, `{}`, `[]`, "\x00", `{"seq":1e99}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if err := checkHead(line); err != nil && (strings.Contains(err.Error(), "\x00") || len(err.Error()) > 1<<10) {
			t.Fatalf("an error of %d bytes: %.300q", len(err.Error()), err)
		}
		o, err := parseObservation(line)
		if err != nil {
			return
		}
		const most = 366 * 24 * time.Hour
		times := []time.Duration{o.Due, o.Start, o.End, o.Owed}
		for p := range scenarios.NumPhases {
			times = append(times, o.Phases[p])
		}
		for _, d := range times {
			if d > most || d < -most {
				t.Fatalf("a time of %v in %q", d, line)
			}
		}
	})
}
