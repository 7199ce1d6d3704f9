package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestExitCodes_AreInTheReadme(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := markdown(exitTable); !strings.Contains(string(b), want) {
		t.Errorf("README.md lacks this table:\n%s", want)
	}
	stdout, _, code := call(t, "help", "exit-codes")
	if code != exitPass {
		t.Errorf("exit %d", code)
	}
	for _, row := range exitTable {
		if !strings.Contains(stdout, row.numbers()) {
			t.Errorf("help exit-codes does not say %s:\n%s", row.numbers(), stdout)
		}
	}
}

// The page fills a terminal of 80 columns: a word stands in the next line only where it
// has no room.
func TestExitCodes_FillEightyColumns(t *testing.T) {
	t.Parallel()
	stdout, _, _ := call(t, "help", "exit-codes")
	page, _, _ := strings.Cut(stdout, "\n\n")
	previous := ""
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
		words := strings.Fields(line)
		if continues := strings.HasPrefix(line, "     "); continues && len(previous) > 20 && len(previous)+1+len(words[0]) <= 80 {
			t.Errorf("%q has room in the line %q", words[0], previous)
		}
		previous = line
	}
}

func TestWrapWords_BreaksAtTheWidth(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]string{5: "one|two|three", 7: "one two|three", 8: "one two|three", 13: "one two three", 1: "one|two|three"} {
		if got := strings.Join(wrapWords("one  two three", width), "|"); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

// panics is a terminal on which writing panics.
type panics struct{}

func (panics) Write([]byte) (int, error) { panic("out of paper") }

func TestMainCode_APanicIsAnInternalError(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	code := mainCode([]string{"version"}, env{out: panics{}, err: &errs})
	if code != exitInternal || !strings.Contains(errs.String(), "internal error: out of paper\n") || !strings.Contains(errs.String(), "goroutine") {
		t.Errorf("exit %d: %s", code, &errs)
	}
}

func TestOneLine_EscapesWhatATerminalObeys(t *testing.T) {
	t.Parallel()
	if got, want := oneLine(errors.New("open no\x1b[31mfile\n::error::x")), `open no\x1b[31mfile ::error::x`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// markdown is the table as the README has it.
func markdown(table []exitRow) string {
	b := &strings.Builder{}
	b.WriteString("| exit | meaning |\n|---|---|\n")
	for _, row := range table {
		fmt.Fprintf(b, "| %s | %s |\n", row.numbers(), strings.ReplaceAll(row.meaning, "|", `\|`))
	}
	return b.String()
}
