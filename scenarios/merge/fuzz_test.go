package merge_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// Whatever two documents hold, they are refused, or their sum is a result that is read
// again as it was written, and that holds the sessions of both.
func FuzzDocuments(f *testing.F) {
	names, err := filepath.Glob("../../testdata/runs/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, bytes.Replace(b, []byte(`"run": "`), []byte(`"run": "0`), 1))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var docs []merge.Document
		sessions := 0
		for i, text := range [][]byte{a, b} {
			d, err := merge.NewDocument([]string{"a", "b"}[i], text)
			if err != nil {
				return
			}
			r, err := scenarios.DecodeResult(text)
			if err != nil {
				return
			}
			docs, sessions = append(docs, d), sessions+r.Sessions.Attempted
		}
		r, err := merge.Documents(docs, merge.Options{})
		if err != nil {
			return
		}
		if len(r.Remarks) == 0 && r.Sessions.Attempted != sessions {
			t.Fatalf("%d sessions in all, %d in the sum", sessions, r.Sessions.Attempted)
		}
		var first, again bytes.Buffer
		if err := report.Write(&first, report.FormatJSON, r, report.Style{}); err != nil {
			t.Fatal(err)
		}
		read, err := report.Read(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("the sum is no result: %v", err)
		}
		if err := report.Write(&again, report.FormatJSON, read, report.Style{}); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatalf("the sum, written again, differs: %v", err)
		}
	})
}
