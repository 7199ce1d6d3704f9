package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Format names a rendering.
type Format string

// The formats.
const (
	FormatText     Format = "text"     // for people, in a terminal or a CI log
	FormatJSON     Format = "json"     // the result file, which Read reads
	FormatJUnit    Format = "junit"    // XML, one test case for each id of a finding
	FormatMarkdown Format = "markdown" // for a pull request: less than 60 lines
	FormatCSV      Format = "csv"      // the tally of sessions, for a spreadsheet

	FormatHTML       Format = "html"       // one page with charts, which needs no other file
	FormatPrometheus Format = "prometheus" // metrics, for the textfile collector of Prometheus
)

// Style is how a text is laid out, and how fixes are written in texts and JUnit.
type Style struct {
	Width   int  // columns; 0 is 100, less than 60 is 60
	Color   bool // ANSI colours: for a terminal only
	Explain bool // print the arithmetic of each finding

	// Setting writes the setting and the value of a fix, as a command's flag for
	// one. It is not called without a setting. nil writes a scenario file's key.
	Setting func(vocab.Fix) string
}

// formats holds every format: the extension that means it, its writer, and how
// what it writes is kept from being a command of a CI system.
var formats = map[Format]struct {
	ext    string
	write  func(io.Writer, scenarios.Result, Style) error
	escape func([]byte) []byte
}{
	FormatText:     {".txt", writeText, escapeCommands},
	FormatJSON:     {".json", writeJSON, EscapeJSON},
	FormatJUnit:    {".xml", writeJUnit, escapeCommands},
	FormatMarkdown: {".md", writeMarkdown, escapeCommands},
	FormatCSV:      {".csv", writeCSV, escapeCommands},

	FormatHTML:       {".html", writeHTML, escapeCommands},
	FormatPrometheus: {".prom", writePrometheus, asIs},
}

// Formats lists every format, sorted.
func Formats() []Format { return slices.Sorted(maps.Keys(formats)) }

// Extensions lists the extensions of files that mean a format, sorted.
func Extensions() []string {
	var exts []string
	for _, f := range formats {
		exts = append(exts, f.ext)
	}
	slices.Sort(exts)
	return exts
}

// Write renders r to w. It fails on an unknown format and where w does.
func Write(w io.Writer, f Format, r scenarios.Result, s Style) error {
	format, ok := formats[f]
	if !ok {
		return fmt.Errorf("%q is none of the formats %s", f, list(Formats()))
	}
	var b bytes.Buffer
	if err := format.write(&b, r, s); err != nil {
		return err
	}
	_, err := w.Write(format.escape(b.Bytes()))
	return err
}

// FormatOf is the format that a file's extension means, whatever its case.
func FormatOf(path string) (Format, error) {
	ext := strings.ToLower(filepath.Ext(path))
	for _, f := range Formats() {
		if formats[f].ext == ext {
			return f, nil
		}
	}
	if path == "" {
		return "", errors.New("no file is named; - is standard output")
	}
	return "", fmt.Errorf("the extension says no format; write FORMAT=%s with one of %s", path, list(Formats()))
}

// Out is where one report goes, and in which format.
type Out struct {
	Format Format
	Path   string // "-" is standard output
}

// ParseOut reads where a report goes: FILE, whose extension says the format,
// FORMAT=FILE, or "-", which is the text on standard output, as in FORMAT=-.
// What stands before a = is no format where it holds a slash or a dot: then it
// is part of a file's path.
func ParseOut(arg string) (Out, error) {
	if arg == "-" {
		return Out{Format: FormatText, Path: "-"}, nil
	}
	name, path, explicit := strings.Cut(arg, "=")
	if !explicit || strings.ContainsAny(name, `/\.`) {
		f, err := FormatOf(arg)
		return Out{Format: f, Path: arg}, err
	}
	if _, ok := formats[Format(name)]; !ok {
		return Out{}, fmt.Errorf("%q is none of the formats %s; a file name that holds = needs its format in front", name, list(Formats()))
	}
	if path == "" {
		return Out{}, errors.New("no file after the format; - is standard output")
	}
	return Out{Format: Format(name), Path: path}, nil
}

func list(fs []Format) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}
