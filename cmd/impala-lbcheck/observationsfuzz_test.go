package main

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// observationSeeds are observations as a run writes them, in a format.
func observationSeeds(f *testing.F, extension string) []byte {
	f.Helper()
	text, err := os.ReadFile(written(f, "observations."+extension, full(), full()))
	if err != nil {
		f.Fatal(err)
	}
	return text
}

// FuzzObservations reads arbitrary lines as observations of runs: sessions that a run can
// have had, or an error in one line with its place.
func FuzzObservations(f *testing.F) {
	whole := observationSeeds(f, "jsonl")
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(whole), whole...))
	f.Add([]byte(`{"schema":"impala-lbcheck/observations/1"}` + "\n" + `{"seq":1e3}` + "\n"))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := readObservationLines("o.jsonl", bufio.NewReaderSize(bytes.NewReader(b), maxObservation), func(o scenarios.Observation) { checkObservation(t, o) })
		checkReadError(t, err)
	})
}

// FuzzObservationsCSV is the same of CSV.
func FuzzObservationsCSV(f *testing.F) {
	whole := observationSeeds(f, "csv")
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(whole), whole...))
	f.Add([]byte("seq,part,\n1,2\n"))
	f.Add([]byte("\xef\xbb\xbfseq,part,start_ms,start_unix_us,end_ms,node,local,outcome\n1,order,NaN,9e99,Inf,[::1%\x1b]:1,,ok\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := readObservationsCSV("o.csv", bytes.NewReader(b), func(o scenarios.Observation) { checkObservation(t, o) })
		checkReadError(t, err)
	})
}

func checkObservation(t *testing.T, o scenarios.Observation) {
	t.Helper()
	const most = 366 * 24 * time.Hour
	if o.Seq < 0 || !o.Node.IsValid() || o.Start < -most || o.Start > most || o.End < -most || o.End > most || o.Began.Before(earliestStart) || o.Began.After(latestStart) {
		t.Errorf("no run has %+v", o)
	}
}

func checkReadError(t *testing.T, err error) {
	t.Helper()
	if err != nil && (!strings.HasPrefix(err.Error(), "o.") || len(err.Error()) > 4096) {
		t.Errorf("%q", err)
	}
}
