// Package report renders a [scenarios.Result]: as text for people, as JSON to be
// stored, as JUnit for CI, as Markdown for a pull request, as CSV for a spreadsheet, as
// metrics for Prometheus, as a page of HTML to attach.
//
// [Write] renders, [Read] reads a stored result back, [ParseOut] and [FormatOf]
// choose the format for a file, [Sentence] says the verdict in one line,
// [WriteRunning] is the page of a run that still goes on, [WriteAnnotations] writes
// what GitHub Actions shows beside a job, [Metrics] is for programs that serve
// Prometheus themselves. A new format is a file and a line in formats.
//
// Rendering decides nothing and reads no clock: the same result gives the same
// bytes on every machine, and no format changes a verdict or an exit code.
// Everything that came from a server passes through [Neutralize], and then through what
// its reader needs: XML, Markdown and spreadsheets each take other things for commands.
package report
