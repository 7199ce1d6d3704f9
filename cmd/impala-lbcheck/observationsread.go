package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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

// byteOrderMark is what a spreadsheet writes before UTF-8.
const byteOrderMark = "\ufeff"

// readObservations reads what --observations wrote, of one run or of several one after the
// other, and hands over each session. A last line that is not whole is of a run that was
// killed: it is left out, and cut is true.
func readObservations(ctx context.Context, name string, each func(scenarios.Observation)) (cut bool, err error) {
	if name == stdoutPath {
		return false, errNoStdin
	}
	in, err := localfile.Open(ctx, name)
	if err != nil {
		return false, err
	}
	defer in.Close()
	lines := bufio.NewReaderSize(in, maxObservation)
	head, err := lines.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	if bytes.HasPrefix(head, []byte(csvHead)) {
		return readObservationsCSV(name, io.MultiReader(bytes.NewReader(bytes.Clone(head)), lines), each)
	}
	if err := checkHead(head); err != nil {
		return false, fmt.Errorf("%s:1: %w", name, err)
	}
	return readObservationLines(name, lines, each)
}

// readObservationLines reads the lines behind the head.
func readObservationLines(name string, lines *bufio.Reader, each func(scenarios.Observation)) (cut bool, err error) {
	for n := 2; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return len(line) > 0, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return false, fmt.Errorf("%s:%d: the line has more than %d bytes", name, n, maxObservation)
		case err != nil:
			return false, fmt.Errorf("%s:%d: %w", name, n, err)
		case n > maxObservations:
			return false, fmt.Errorf("%s: it has more than %d sessions", name, maxObservations)
		case len(bytes.TrimSpace(line)) == 0:
			continue
		}
		o, err := parseObservation(line)
		switch {
		case errors.Is(err, errIsHead):
		case err != nil:
			return false, fmt.Errorf("%s:%d: %w", name, n, err)
		default:
			each(o)
		}
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
