package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestSplitRows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows  []string
		width int
		want  string // cells by "|", rows by "/"
	}{
		"one column":             {[]string{"a", "b\tc"}, 1, "a/b\tc"},
		"width unknown":          {[]string{"a"}, 0, "a"},
		"two columns":            {[]string{"a\tb", "\t", "c\t"}, 2, "a|b/|/c|"},
		"the last takes the TAB": {[]string{"a\tb\tc"}, 2, "a|b\tc"},
		"no rows":                {nil, 3, ""},
	} {
		table, err := SplitRows(tc.rows, tc.width, func(int) error { return nil })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var rows []string
		for r := range tc.rows {
			var cells []string
			for c := range table.Width() {
				cells = append(cells, table.Cell(r, c).(string))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
		if got := strings.Join(rows, "/"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestSplitRows_AllocatesNothingThatIsRefused(t *testing.T) {
	t.Parallel()
	short := make([]string, 1<<16)
	_, err := SplitRows(short, 1<<16, func(int) error { panic("charged for cells that are not there") })
	if KindOf(err) != vocab.KindMismatch {
		t.Errorf("short rows: %v", err)
	}
	refused := errors.New("refused")
	charged := 0
	_, err = SplitRows([]string{"a\tb", "c\td"}, 2, func(n int) error { charged = n; return refused })
	if !errors.Is(err, refused) || charged != 4*textOverhead {
		t.Errorf("charged %d, %v", charged, err)
	}
}

func TestServerText_MasksTheSecretBeforeItCuts(t *testing.T) {
	t.Parallel()
	const secret = `s3"c\ret`
	for name, tc := range map[string]struct {
		err  *Error
		want string
	}{
		"words":           {ServerError("no "+secret+"!", ""), "no ***!"},
		"a head":          {Unrecognized(vocab.KindGarbage, []byte(secret+"\x00")), `"***\x00"`},
		"half in a head":  {Unrecognized(vocab.KindGarbage, []byte("x"+secret[:5])), `"x***"`},
		"half in words":   {ServerError("x"+secret[:5], ""), "x" + secret[:5]},
		"a head, cut off": {Unrecognized(vocab.KindGarbage, []byte(strings.Repeat("x", maxHead-1)+secret)), `"` + strings.Repeat("x", maxHead-1) + `*"`},
	} {
		if got := tc.err.ServerText(secret); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}
