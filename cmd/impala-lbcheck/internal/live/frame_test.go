package live

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// many are so many coordinators.
func many(n int) []tally {
	var out []tally
	for i := range n {
		out = append(out, tally{fmt.Sprintf("coord-%02d.example.com:25000", i), 1 + (n-i)*3})
	}
	return out
}

func TestFrame_Rows(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]frame{
		"nothing is known":  {left: -1},
		"a look":            {phase: "look", done: 40, total: 96, rate: 9.96, elapsed: 4 * time.Second, left: 7 * time.Second, shares: many(4)},
		"failures":          {phase: "look", done: 40, total: 96, failed: 17, classes: []tally{{"open.timeout", 12}, {"tcp.refused", 5}}, rate: 9.96, elapsed: 4 * time.Second, left: 0, shares: many(2)},
		"no end is planned": {phase: "stage 2 of 3", done: 123456, rate: 1234.5, elapsed: 90 * time.Minute, left: -1, shares: many(1)},
		"held":              {phase: "look", held: "400 sessions stay open for 9m50s more", done: 400, total: 400, elapsed: 50 * time.Second, left: 590 * time.Second},
		"20 coordinators":   {phase: "look", done: 800, total: 800, rate: 10, elapsed: 80 * time.Second, left: 0, shares: many(20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, width := range []int{20, 60, 80, 200} {
				rows := f.rows(width)
				fmt.Fprintf(&b, "%d columns:\n%s\n", width, strings.Join(rows, "\n"))
				if len(rows) > maxRows {
					t.Errorf("%d rows", len(rows))
				}
				for _, row := range rows {
					if n := utf8.RuneCountInString(row); n >= width {
						t.Errorf("%d columns of %d: %q", n, width, row)
					}
				}
			}
			golden.Section(t, filepath.Join("testdata", "golden", "TestFrame_Rows.txt"), b.String())
		})
	}
}

// Whatever the width is, no row wraps.
func TestFrame_FitsEveryWidth(t *testing.T) {
	t.Parallel()
	f := frame{phase: "stage 10 of 12", done: 1 << 40, total: 1 << 41, failed: 1 << 39, classes: many(9), rate: 1e9, elapsed: 1e6 * time.Hour, left: 1e6 * time.Hour, shares: many(30)}
	for width := range 300 {
		for _, row := range f.rows(width) {
			if n := utf8.RuneCountInString(row); n >= width {
				t.Errorf("%d columns of %d: %q", n, width, row)
			}
		}
	}
}
