package threshold

import "testing"

// FuzzParse reads arbitrary limits: an error, or one that reads as itself.
func FuzzParse(f *testing.F) {
	for _, seed := range [][2]string{
		{"session.open", "p(99) < 2s"}, {"session{coordinator=*}", "error_rate < 1%"}, {"session.open{node=*}", "med <= 1us"},
		{"query", "max < 1e3ms"}, {"", ""}, {"session{", "p("}, {"session.open", "p(1e9) < 1s"}, {"session.open", "p(99.9999) > -1s"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, metric, expr string) {
		l, err := Parse(metric, expr)
		if err != nil {
			return
		}
		again, err := Parse(l.Metric.String(), l.Expr)
		if err != nil || again.String() != l.String() {
			t.Fatalf("%q: %q is %s, read again %s, %v", metric, expr, l, again, err)
		}
	})
}
