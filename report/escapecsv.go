package report

import "strings"

// CSVText makes untrusted text safe as a cell of a spreadsheet: it is neutralised as
// [Neutralize] does, and a text that would be a formula has an apostrophe in front, as
// spreadsheets show a text. Commas and quotes are left to the writer of the file.
func CSVText(text string) string {
	return notFormula(Neutralize(text, maxMessage))
}

// notFormula writes an apostrophe before what spreadsheets take for the beginning of a
// formula: some take full-width signs, too, and look behind tabs and line breaks.
func notFormula(text string) string {
	if strings.IndexAny(text, "=+-@\t\r\n＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}
