package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// excerpt is a part of a golden that docs/reports.md shows.
var excerpt = regexp.MustCompile("(?s)<!-- excerpt of (\\S+)\\.(\\S+) -->\n```\n(.*?)\n```\n")

// What the document shows of a format is what the format has: each line in its order.
func TestDocs_ExcerptsAreOfReports(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{"html"} // which has a picture
	for _, m := range excerpt.FindAllStringSubmatch(string(src), -1) {
		name, format := m[1], m[2]
		shown = append(shown, format)
		file := filepath.Join(goldens, name+"."+format)
		if format == string(report.FormatJSON) {
			file = filepath.Join(runs, name+".json")
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		left := strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
		for _, line := range strings.Split(m[3], "\n") {
			if strings.TrimSpace(line) == "..." {
				continue
			}
			i := slices.Index(left, line)
			if i < 0 {
				t.Errorf("%s.%s has no such line, or has it before:\n%s", name, format, line)
				break
			}
			left = left[i+1:]
		}
	}
	for _, f := range report.Formats() {
		if !slices.Contains(shown, string(f)) {
			t.Errorf("docs/reports.md shows nothing of %s", f)
		}
	}
}

// Both tables of formats have each by its extension.
func TestDocs_TablesHaveEveryFormat(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../README.md", "../docs/reports.md"} {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, ext := range report.Extensions() {
			if !regexp.MustCompile("(?m)^\\|.*\\| .*`FILE\\" + ext + "`.* \\|").Match(src) {
				t.Errorf("%s has no row with FILE%s", name, ext)
			}
		}
	}
}
