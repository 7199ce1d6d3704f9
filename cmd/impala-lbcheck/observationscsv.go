package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/netip"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// observationColumns are the columns of observations as CSV: the keys of the JSON lines,
// http with each of its own, and after them the phases. Others rely on them: none is renamed, and
// new ones are added at the end.
var observationColumns = []struct {
	name string
	of   func(observationLine) string
}{
	{"seq", func(l observationLine) string { return strconv.Itoa(l.Seq) }},
	{"part", func(l observationLine) string { return l.Part.String() }},
	{"due_ms", func(l observationLine) string { return csvMillis(l.Due) }},
	{"start_ms", func(l observationLine) string { return csvMillis(l.Start) }},
	{"start_unix_us", func(l observationLine) string { return strconv.FormatInt(l.StartUnix, 10) }},
	{"end_ms", func(l observationLine) string { return csvMillis(l.End) }},
	{"owed_ms", func(l observationLine) string { return csvMillis(l.Owed) }},
	{"node", func(l observationLine) string { return csvAddress(l.Node) }},
	{"local", func(l observationLine) string { return csvAddress(l.Local) }},
	{"received_bytes", func(l observationLine) string { return strconv.FormatInt(l.Received, 10) }},
	{"sent_bytes", func(l observationLine) string { return strconv.FormatInt(l.Sent, 10) }},
	{"http_requests", func(l observationLine) string {
		return l.httpCount(func(c scenarios.HTTPCounts) int { return c.Requests })
	}},
	{"http_connections", func(l observationLine) string {
		return l.httpCount(func(c scenarios.HTTPCounts) int { return c.Connections })
	}},
	{"http_reauthentications", func(l observationLine) string {
		return l.httpCount(func(c scenarios.HTTPCounts) int { return c.Reauthentications })
	}},
	{"coordinator", func(l observationLine) string { return report.CSVText(l.Coordinator) }},
	{"pid", func(l observationLine) string { return csvKnown(l.PID != 0, strconv.Itoa(int(l.PID))) }},
	{"version", func(l observationLine) string { return report.CSVText(l.Version) }},
	{"source", func(l observationLine) string { return l.Source.String() }},
	{"outcome", func(l observationLine) string { return l.Outcome.String() }},
	{"class", func(l observationLine) string { return report.CSVText(l.Class.String()) }},
	{"text", func(l observationLine) string { return report.CSVText(l.Text) }},
	{"refused", func(l observationLine) string { return csvKnown(l.Refused, "true") }},
	{"cert", func(l observationLine) string { return report.CSVText(l.Cert) }},
}

// observationColumnNames are the columns, with one for each phase at the end.
func observationColumnNames() []string {
	var names []string
	for _, c := range observationColumns {
		names = append(names, c.name)
	}
	for p := range scenarios.NumPhases {
		names = append(names, p.String()+"_ms")
	}
	return names
}

// record is the session as a row.
func (l observationLine) record() []string {
	var row []string
	for _, c := range observationColumns {
		row = append(row, c.of(l))
	}
	for p := range scenarios.NumPhases {
		ms, had := l.Phases[p.String()]
		row = append(row, csvKnown(had, csvMillis(ms)))
	}
	return row
}

func (l observationLine) httpCount(of func(scenarios.HTTPCounts) int) string {
	if l.HTTP == nil {
		return ""
	}
	return strconv.Itoa(of(*l.HTTP))
}

func csvMillis(ms float64) string { return strconv.FormatFloat(ms, 'f', 3, 64) }

func csvAddress(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return report.CSVText(a.String())
}

// csvKnown is a value, or nothing where it is not known.
func csvKnown(known bool, text string) string {
	if !known {
		return ""
	}
	return text
}

// writeRecord writes one row, whole.
func writeRecord(w io.Writer, row []string) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	if err := out.Write(row); err != nil {
		return err
	}
	out.Flush()
	_, err := w.Write(b.Bytes())
	return err
}
