package report

import (
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// columns is how many columns of a terminal s takes. It does not ask the locale,
// so that a report is the same everywhere.
func columns(s string) int { return twwidth.WidthWithOptions(s, twwidth.Options{}) }

// wrap breaks s at spaces into lines of at most width columns; a word that is
// longer is broken where it must be. A number stays with its percent sign.
func wrap(s string, width int) []string {
	const joint = "\x00" // a space that is no place to break; s has none of these
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(strings.ReplaceAll(s, " %", joint+"%")) {
		word = strings.ReplaceAll(word, joint, " ")
		if line != "" && columns(line)+1+columns(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for columns(word) > width {
			head := leading(word, width)
			if head == "" {
				break
			}
			lines = append(lines, head)
			word = word[len(head):]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// shorten makes s fit width columns: an ellipsis takes the place of its middle,
// as names tend to differ at both ends.
func shorten(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	if width < 2 {
		return leading(s, width)
	}
	head := leading(s, (width-1)/2)
	return head + "…" + trailing(s, width-1-columns(head))
}

// truncate makes s fit width columns: an ellipsis takes the place of its end.
func truncate(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	return leading(s, width-1) + "…"
}

// leading is as much of the start of s as takes at most width columns.
func leading(s string, width int) string {
	taken := 0
	for i, r := range s {
		if taken += columns(string(r)); taken > width {
			return s[:i]
		}
	}
	return s
}

// trailing is as much of the end of s as takes at most width columns.
func trailing(s string, width int) string {
	taken := 0
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if taken += columns(string(r)); taken > width {
			return s[i:]
		}
		i -= size
	}
	return s
}

// pad fills s with spaces up to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}
