package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// exitRow is one line of what the exit codes mean.
type exitRow struct {
	codes   []int
	meaning string
}

// exitTable is what the exit codes mean, for --help and for the README.
var exitTable = []exitRow{
	{[]int{exitPass}, "every finding passed"},
	{[]int{exitFail}, "a finding failed; in provision, a call to AWS failed"},
	{[]int{exitUsage}, "usage, configuration, or refused by a guard rail: nothing was sent. Go's runtime also exits with 2 when it dies, out of memory for example, with `fatal error` on stderr: then sessions may be open"},
	{[]int{exitInconclusive}, "inconclusive: nothing was proven either way (`--inconclusive pass|fail` changes this)"},
	{[]int{exitUnmeasured}, "nothing could be measured: unreachable, or login impossible"},
	{[]int{exitChanges}, "`provision plan --detailed-exitcode`: there is something to do"},
	{[]int{exitInternal}, "internal error, or a report could not be written"},
	{[]int{exitSIGHUP, exitSIGINT, exitSIGQUIT, exitSIGTERM}, "ended by SIGHUP, SIGINT, SIGQUIT, SIGTERM: 128 + its number; sessions closed, partial result written"},
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

// numbers is "129, 130".
func (r exitRow) numbers() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(r.codes), " ", ", "), "[]")
}

// newExitCodes is a page of help: a command without anything to do.
func newExitCodes() *cobra.Command {
	b := &strings.Builder{}
	for _, row := range exitTable {
		const indent = "     "
		text := strings.Join(wrapWords(strings.ReplaceAll(row.meaning, "`", ""), 75), "\n"+indent)
		if len(row.codes) > 1 {
			fmt.Fprintf(b, "%s\n%s%s\n", row.numbers(), indent, text)
			continue
		}
		fmt.Fprintf(b, "%-*s%s\n", len(indent), row.numbers(), text)
	}
	return &cobra.Command{Use: "exit-codes", Short: "What each exit code means", Long: strings.TrimSpace(b.String())}
}

// wrapWords breaks plain text at spaces into lines of at most width characters.
func wrapWords(s string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(s) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
