package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The most that is read of observations: of a line in bytes, and of sessions.
const (
	maxObservation  = 1 << 20
	maxObservations = 2_000_000
)

// errIsResult is about a file that is no observations.
var errIsResult = errors.New("this is a result, which counts sessions and does not tell one good session from another")

// readObservations reads what --observations wrote, and hands over each session. A
// last line that is not whole is of a run that was killed, and is left out.
func readObservations(ctx context.Context, name string, each func(scenarios.Observation)) error {
	in, err := localfile.Open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewReaderSize(in, maxObservation)
	head, err := lines.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if bytes.HasPrefix(head, []byte(csvHead)) {
		return readObservationsCSV(name, io.MultiReader(bytes.NewReader(bytes.Clone(head)), lines), each)
	}
	if err := checkHead(head); err != nil {
		return fmt.Errorf("%s:1: %w", name, err)
	}
	for n := 2; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("%s:%d: the line has more than %d bytes", name, n, maxObservation)
		case err != nil:
			return fmt.Errorf("%s:%d: %w", name, n, err)
		case n > maxObservations:
			return fmt.Errorf("%s: it has more than %d sessions", name, maxObservations)
		}
		o, err := parseObservation(line)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		each(o)
	}
}

// checkHead refuses what is no file of observations, and says what it is.
func checkHead(line []byte) error {
	const want = "run with --observations FILE.jsonl, and give that file"
	var head observationHead
	switch err := json.Unmarshal(line, &head); {
	case err == nil && head.Schema == observationSchema:
		return nil
	case bytes.Contains(line, []byte(`"impala-lbcheck/result/`)) || string(bytes.TrimSpace(line)) == "{":
		return errIsResult
	case err == nil && head.Schema != "":
		return fmt.Errorf("schema %.60q is not %q: %s", head.Schema, observationSchema, want)
	}
	return errors.New("these are no observations: " + want)
}

// parseObservation reads a line that observationFile wrote.
func parseObservation(line []byte) (scenarios.Observation, error) {
	var l observationLine
	if err := json.Unmarshal(line, &l); err != nil {
		return scenarios.Observation{}, fmt.Errorf("it is no session: %w", err)
	}
	return l.observation(), nil
}

// observation is what a line says, as far as it goes back to an observation.
func (l observationLine) observation() scenarios.Observation {
	o := scenarios.Observation{
		Seq: l.Seq, Part: l.Part, Due: duration(l.Due), Start: duration(l.Start), Began: time.UnixMicro(l.StartUnix).UTC(), End: duration(l.End), Owed: duration(l.Owed),
		Node: l.Node, Local: l.Local, BytesIn: l.Received, BytesOut: l.Sent,
		Who:     scenarios.Identity{Coordinator: l.Coordinator, PID: l.PID, Version: l.Version, Source: l.Source},
		Outcome: l.Outcome, Class: l.Class, Text: l.Text, Refused: l.Refused,
	}
	if l.HTTP != nil {
		o.HTTP = *l.HTTP
	}
	for p := range scenarios.NumPhases {
		o.Phases[p] = duration(l.Phases[p.String()])
	}
	return o
}

// duration is milliseconds of a file, which may hold any number.
func duration(ms float64) time.Duration {
	const most = float64(365 * 24 * time.Hour / time.Millisecond)
	return time.Duration(max(-most, min(most, ms)) * float64(time.Millisecond))
}
