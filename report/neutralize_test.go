package report_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

func TestNeutralize(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		max  int
		want string
	}{
		"plain text stays":                      {"AnalysisException: no such table", 0, "AnalysisException: no such table"},
		"letters of any script stay":            {"名前 größe", 0, "名前 größe"},
		"an escape sequence is shown":           {"\x1b[31mred", 0, `\x1b[31mred`},
		"a C1 control is shown":                 {"a\u009bb", 0, `a\x9bb`},
		"a bell is shown":                       {"a\a", 0, `a\x07`},
		"the direction of writing is shown":     {"a\u202eb", 0, `a\u202eb`},
		"what has no width is shown":            {"a\u200bb\ufeffc", 0, `a\u200bb\ufeffc`},
		"a filler that looks empty is shown":    {"a\u3164b", 0, `a\u3164b`},
		"a tag character is shown":              {"a\U000e0041b", 0, `a\U000e0041b`},
		"bytes that are no UTF-8 are shown":     {"a\xffb\xc3", 0, `a\xffb\xc3`},
		"line breaks and tabs are one space":    {"a\r\n\tb", 0, "a b"},
		"separators of lines are a space":       {"a\u2028b\u0085c", 0, "a b c"},
		"spaces at the ends go":                 {" \n a \n", 0, "a"},
		"a long text ends in an ellipsis":       {"abcdef", 4, "abc…"},
		"a text that just fits is whole":        {"abcd", 4, "abcd"},
		"an escape is not cut in two":           {"ab\x1bc", 5, "ab…"},
		"a text of one character may be hidden": {"abc", 1, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := report.Neutralize(c.in, c.max); got != c.want {
				t.Errorf("Neutralize(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
			}
		})
	}
}

func FuzzNeutralize(f *testing.F) {
	f.Add("\x1b[2J\u202eabc\xff\n", 7)
	f.Add("a\u200b b", 0)
	f.Add("\U000e0041\u0301", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := report.Neutralize(s, limit)
		if !utf8.ValidString(got) {
			t.Errorf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if strings.Contains(got, "  ") || strings.TrimSpace(got) != got {
			t.Errorf("%q has spaces to spare", got)
		}
		if n := utf8.RuneCountInString(got); limit > 0 && n > limit {
			t.Errorf("%q is %d characters, not %d", got, n, limit)
		}
		if limit <= 0 && report.Neutralize(got, limit) != got {
			t.Errorf("neutral text %q changes", got)
		}
	})
}
