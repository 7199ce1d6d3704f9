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
