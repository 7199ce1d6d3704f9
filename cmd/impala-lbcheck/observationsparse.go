package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// errIsHead is about a line that is the head of a further run.
var errIsHead = errors.New("it is the head of another run")

// readLine is a line as it is read: of the keys that every session has, whether they are
// there.
type readLine struct {
	observationLine
	Schema    string             `json:"schema"`
	Seq       *int               `json:"seq"`
	Part      *scenarios.Part    `json:"part"`
	Start     *float64           `json:"start_ms"`
	StartUnix *int64             `json:"start_unix_us"`
	End       *float64           `json:"end_ms"`
	Outcome   *scenarios.Outcome `json:"outcome"`
}

// parseObservation reads a line that observationFile wrote.
func parseObservation(line []byte) (scenarios.Observation, error) {
	var l readLine
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte(byteOrderMark)), &l); err != nil {
		return scenarios.Observation{}, fmt.Errorf("it is no session: %w", err)
	}
	switch {
	case l.Schema == observationSchema:
		return scenarios.Observation{}, errIsHead
	case l.Schema != "":
		return scenarios.Observation{}, fmt.Errorf("schema %.60q is not %q", l.Schema, observationSchema)
	}
	for _, needed := range []struct {
		key string
		has bool
	}{
		{"seq", l.Seq != nil},
		{"part", l.Part != nil},
		{"start_ms", l.Start != nil},
		{"start_unix_us", l.StartUnix != nil},
		{"end_ms", l.End != nil},
		{"outcome", l.Outcome != nil},
	} {
		if !needed.has {
			return scenarios.Observation{}, fmt.Errorf("it is no session: it has no %s", needed.key)
		}
	}
	whole := l.observationLine
	whole.Seq, whole.Part, whole.Outcome = *l.Seq, *l.Part, *l.Outcome
	whole.Start, whole.StartUnix, whole.End = *l.Start, *l.StartUnix, *l.End
	if err := whole.check(); err != nil {
		return scenarios.Observation{}, err
	}
	return whole.observation(), nil
}

// The times between which a session may have begun: no machine's clock that runs is outside.
var (
	earliestStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latestStart   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// check refuses what no run writes of a session.
func (l observationLine) check() error {
	began := time.UnixMicro(l.StartUnix).UTC()
	switch {
	case l.Seq < 0:
		return fmt.Errorf("it is no session: its seq is %d", l.Seq)
	case !l.Node.IsValid():
		return errors.New("it is no session: it has no node")
	case began.Before(earliestStart) || began.After(latestStart):
		return fmt.Errorf("it is no session: start_unix_us %d is not from 2000 to 2200", l.StartUnix)
	}
	return nil
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
