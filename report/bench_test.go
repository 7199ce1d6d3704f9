package report_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

func BenchmarkWriteText(b *testing.B) {
	stored, err := os.ReadFile(filepath.Join(runs, "wide.json"))
	if err != nil {
		b.Fatal(err)
	}
	r, err := report.Read(bytes.NewReader(stored))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := report.Write(io.Discard, report.FormatText, r, report.Style{}); err != nil {
			b.Fatal(err)
		}
	}
}
