package report_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestParseOut(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]report.Out{
		"r.json":             {Format: report.FormatJSON, Path: "r.json"},
		"out/R.XML":          {Format: report.FormatJUnit, Path: "out/R.XML"},
		"r.txt":              {Format: report.FormatText, Path: "r.txt"},
		"-":                  {Format: report.FormatText, Path: "-"},
		"json=-":             {Format: report.FormatJSON, Path: "-"},
		"junit=report":       {Format: report.FormatJUnit, Path: "report"},
		"json=a=b.xml":       {Format: report.FormatJSON, Path: "a=b.xml"},
		"text=/tmp/x.y/file": {Format: report.FormatText, Path: "/tmp/x.y/file"},
	} {
		got, err := report.ParseOut(arg)
		if err != nil || got != want {
			t.Errorf("ParseOut(%q) = %v, %v; want %v", arg, got, err, want)
		}
	}
}

func TestParseOut_Errors(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"report":     "FORMAT=report with one of csv, ",
		"r.pdf":      "FORMAT=r.pdf",
		"":           "no file is named",
		"pdf=r.json": `"pdf" is none of the formats csv, `,
		"json=":      "no file after the format",
	} {
		if _, err := report.ParseOut(arg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseOut(%q) fails with %v, want %q", arg, err, want)
		}
	}
}

func TestExtensions_EachMeansAFormat(t *testing.T) {
	t.Parallel()
	exts := report.Extensions()
	if !slices.IsSorted(exts) || len(exts) != len(report.Formats()) {
		t.Errorf("Extensions() = %v", exts)
	}
	for _, ext := range exts {
		if f, err := report.FormatOf("r" + ext); err != nil {
			t.Errorf("FormatOf(r%s) = %q, %v", ext, f, err)
		}
	}
}

func TestFormats_EachIsWritten(t *testing.T) {
	t.Parallel()
	formats := report.Formats()
	if !slices.IsSorted(formats) || len(formats) < 3 {
		t.Errorf("Formats() = %v", formats)
	}
	for _, f := range formats {
		if err := report.Write(io.Discard, f, scenarios.Result{}, report.Style{}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestWrite_RefusesUnknownFormat(t *testing.T) {
	t.Parallel()
	err := report.Write(io.Discard, "pdf", scenarios.Result{}, report.Style{})
	if err == nil || !strings.Contains(err.Error(), `"pdf" is none of`) {
		t.Errorf("Write fails with %v", err)
	}
}

// full is a writer on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWrite_ReturnsWriteErrors(t *testing.T) {
	t.Parallel()
	for _, f := range report.Formats() {
		if err := report.Write(full{}, f, scenarios.Result{}, report.Style{}); err == nil {
			t.Errorf("%s: no error", f)
		}
	}
}
