package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// reading is a file of observations, and what is read of it.
type reading struct {
	text string
	n    int // sessions
	cut  bool
	says string // the error has it
}

func (c reading) check(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	write(t, file, c.text)
	n := 0
	cut, err := readObservations(t.Context(), file, func(scenarios.Observation) { n++ })
	if n != c.n || cut != c.cut || c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
		t.Errorf("%d sessions, cut %v, %v", n, cut, err)
	}
}

// twoSessions is a whole file of observations, and its lines.
func twoSessions(t *testing.T, name string) (whole string, lines []string) {
	t.Helper()
	b, err := os.ReadFile(written(t, name, full(), full()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b), strings.SplitAfter(string(b), "\n")
}

// A last line without its end is of a run that was killed, and is told; any other that is no
// session is refused, and the head of a further run is none.
func TestReadObservations_Lines(t *testing.T) {
	t.Parallel()
	whole, lines := twoSessions(t, "o.jsonl")
	without := func(key string) string {
		at := strings.Index(lines[1], `"`+key+`":`)
		end := at + strings.IndexAny(lines[1][at:], ",}")
		return lines[0] + lines[1][:at] + `"other":0` + lines[1][end:]
	}
	cases := map[string]reading{
		"whole":                  {text: whole, n: 2},
		"two runs":               {text: whole + whole, n: 4},
		"two runs, the last cut": {text: whole + whole[:len(whole)-30], n: 3, cut: true},
		"cut in the last line":   {text: whole[:len(whole)-30], n: 1, cut: true},
		"cut behind its last":    {text: strings.TrimRight(whole, "\n"), n: 1, cut: true},
		"the first run cut":      {text: whole[:len(whole)-30] + whole, n: 1, says: "o.jsonl:3: it is no session: "},
		"byte order mark, CRLF":  {text: byteOrderMark + strings.ReplaceAll(whole, "\n", "\r\n"), n: 2},
		"marks of both runs":     {text: byteOrderMark + whole + byteOrderMark + whole, n: 4},
		"empty lines":            {text: whole + "\n\r\n" + whole, n: 4},
		"another object":         {text: lines[0] + lines[1] + `{"level":"info","msg":"x"}` + "\n" + lines[2], n: 1, says: "o.jsonl:3: it is no session: it has no seq"},
		"null":                   {text: lines[0] + "null\n", says: "o.jsonl:2: it is no session: it has no seq"},
		"another schema":         {text: whole + `{"schema":"impala-lbcheck/observations/9"}` + "\n", n: 2, says: "o.jsonl:4: schema "},
		"a begin of 1970":        {text: lines[0] + strings.Replace(lines[1], `"start_unix_us":1767366245123456`, `"start_unix_us":1767366245`, 1), says: "o.jsonl:2: it is no session: start_unix_us 1767366245 "},
		"no node":                {text: lines[0] + strings.Replace(lines[1], `"node":"192.0.2.1:21050"`, `"node":""`, 1), says: "o.jsonl:2: it is no session: it has no node"},
		"a seq below 0":          {text: lines[0] + strings.Replace(lines[1], `"seq":7`, `"seq":-7`, 1), says: "o.jsonl:2: it is no session: its seq is -7"},
	}
	for _, key := range []string{"seq", "part", "start_ms", "start_unix_us", "end_ms", "node", "outcome"} {
		cases["without "+key] = reading{text: without(key), says: "o.jsonl:2: it is no session: it has no " + key}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, "o.jsonl")
		})
	}
}

// CSV is as JSON lines are; a row that never ends is refused.
func TestReadObservations_CSV(t *testing.T) {
	t.Parallel()
	whole, lines := twoSessions(t, "o.csv")
	for name, c := range map[string]reading{
		"whole":                   {text: whole, n: 2},
		"two runs":                {text: whole + whole, n: 4},
		"two runs, the last cut":  {text: whole + whole[:len(whole)-30], n: 3, cut: true},
		"as a spreadsheet saves":  {text: byteOrderMark + whole, n: 2},
		"marks of both runs":      {text: byteOrderMark + whole + byteOrderMark + whole, n: 4},
		"line ends without CR":    {text: strings.ReplaceAll(whole, "\r\n", "\n"), n: 2},
		"cut in the last row":     {text: whole[:len(whole)-30], n: 1, cut: true},
		"cut behind its last":     {text: strings.TrimRight(whole, "\r\n"), n: 1, cut: true},
		"a row of few cells":      {text: lines[0] + "1,ordered\r\n" + lines[1], says: ":2: "},
		"the last of few cells":   {text: lines[0] + lines[1] + "1,ordered\r\n", n: 1, says: ":3: "},
		"a wrong cell":            {text: lines[0] + strings.Replace(lines[1], "scout", "scoot", 1), says: ":2: it is no session: part: "},
		"an empty cell":           {text: lines[0] + strings.Replace(lines[1], ",192.0.2.1:21050,", ",,", 1), says: ":2: it is no session: it has no node"},
		"a time rounded":          {text: lines[0] + strings.Replace(lines[1], "1767366245123456", "1.76737E+15", 1), says: ":2: it is no session: start_unix_us: "},
		"a begin of 1970":         {text: lines[0] + strings.Replace(lines[1], "1767366245123456", "1767366245", 1), says: ":2: it is no session: start_unix_us 1767366245 "},
		"a head without a column": {text: whole + strings.Replace(lines[0], "node", "mode", 1), n: 2, says: ":4: there is no column node"},
		"a quote that never ends": {text: lines[0] + `1,"` + strings.Repeat("x", 2*maxObservation), says: ":2: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, "o.csv")
		})
	}
}
