package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// observationSchema is the version of the lines that we write. docs/results.md
// has their keys, which others rely on: none is renamed, and new ones may come.
const observationSchema = "impala-lbcheck/observations/1"

// observationHead is the first line: what the others are.
type observationHead struct {
	Schema string `json:"schema"`
	Tool   string `json:"tool"`
}

// observationFile is the file of --observations: a head, and one line a session, each
// written whole, so that the file is valid up to its last line whatever happens. It is
// JSON lines, or CSV where its name says so.
type observationFile struct {
	f   *os.File
	csv bool
	err error // the first one; what follows is not written
}

func newObservationFile(ctx context.Context, name string) (*observationFile, error) {
	f, err := openForWriting(ctx, name, os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("--observations: %w", err)
	}
	if err := localfile.Empty(f); err != nil {
		return nil, errors.Join(fmt.Errorf("--observations: %w", err), f.Close())
	}
	l := &observationFile{f: f, csv: strings.EqualFold(filepath.Ext(name), ".csv")}
	if l.csv {
		l.err = writeRecord(l, observationColumnNames())
	} else {
		l.err = writeJSON(l, observationHead{observationSchema, version()}, "")
	}
	return l, nil
}

// observationLine is one session. Times are milliseconds; a phase that the
// session did not have, or did not finish, is left out.
type observationLine struct {
	Seq         int                   `json:"seq"`
	Part        scenarios.Part        `json:"part"`
	Due         float64               `json:"due_ms"`
	Start       float64               `json:"start_ms"`
	StartUnix   int64                 `json:"start_unix_us"`
	End         float64               `json:"end_ms"`
	Owed        float64               `json:"owed_ms,omitempty"`
	Node        netip.AddrPort        `json:"node"`
	Local       netip.AddrPort        `json:"local"`
	Received    int64                 `json:"received_bytes"`
	Sent        int64                 `json:"sent_bytes"`
	HTTP        *scenarios.HTTPCounts `json:"http,omitempty"`
	Coordinator string                `json:"coordinator"`
	PID         int32                 `json:"pid,omitempty"`
	Version     string                `json:"version,omitempty"`
	Source      scenarios.Source      `json:"source"`
	Outcome     scenarios.Outcome     `json:"outcome"`
	Class       scenarios.Class       `json:"class,omitzero"`
	Text        string                `json:"text,omitempty"`
	Refused     bool                  `json:"refused,omitempty"`
	Cert        string                `json:"cert,omitempty"`
	Phases      map[string]float64    `json:"phases_ms"`
}

func (l *observationFile) write(o scenarios.Observation) {
	if l.err != nil {
		return
	}
	line := observationLine{
		Seq: o.Seq, Part: o.Part, Due: millis(o.Due), Start: millis(o.Start), StartUnix: o.Began.UnixMicro(), End: millis(o.End), Owed: millis(o.Owed),
		Node: o.Node, Local: o.Local, Received: o.BytesIn, Sent: o.BytesOut,
		Coordinator: o.Who.Coordinator, PID: o.Who.PID, Version: o.Who.Version, Source: o.Who.Source,
		Outcome: o.Outcome, Class: o.Class, Text: o.Text, Refused: o.Refused, Phases: map[string]float64{},
	}
	if o.HTTP.Connections > 0 {
		line.HTTP = &o.HTTP
	}
	if o.Cert != nil {
		line.Cert = o.Cert.Fingerprint
	}
	for p, d := range o.Phases {
		if d > 0 {
			line.Phases[scenarios.Phase(p).String()] = millis(d)
		}
	}
	if l.csv {
		l.err = writeRecord(l, line.record())
	} else {
		l.err = writeJSON(l, line, "")
	}
}

// Write writes one line. Where there is no room for all of it, nothing of it is left: the
// file is valid up to its last line.
func (l *observationFile) Write(line []byte) (int, error) {
	n, err := limited(l.f).Write(line)
	if end, at := l.f.Seek(0, io.SeekCurrent); err != nil && n > 0 && at == nil { // a pipe has no place
		_ = l.f.Truncate(end - int64(n))
	}
	return n, err
}

func (l *observationFile) close() error { return errors.Join(l.err, l.f.Close()) }

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
