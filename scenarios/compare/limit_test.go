package compare

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{ // what 100 may become
		"session.login: p(95) +20%":       120,
		"session.open: med +50ms":         150,
		"  session.tls :  p( 99.9 )  +0%": 100,
		"session: error_rate +1%":         100.01,
		"capacity: held -10%":             90,
		"capacity: held -20":              80,
		"session.lag:p(50)+1.5%":          101.5,
	} {
		l, err := ParseLimit(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := l.most(100); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q allows %g after 100, want %g", text, got, want)
		}
		if again, err := ParseLimit(l.String()); err != nil || again != l {
			t.Errorf("%q, written and read again, is %+v, %v", text, again, err)
		}
	}
}

func TestParseLimit_Errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           `"", column 1: no such metric; there are session.login`,
		"login: p(95) +20%":          `column 1: no such metric`,
		"session.resolve: med +1%":   `column 1: no such metric`,
		"session.login p(95) +20%":   `column 1: no such metric`,
		"session.login":              `column 14: a colon is missing`,
		"session.login: max +20%":    `column 16: of a time there are p(95) and med`,
		"session.login: p(0) +20%":   `column 18: p needs a percentage between 0 and 100`,
		"session.login: p(95 +20%":   `column 18: p needs a percentage`,
		"session.login: p(95) 20%":   `column 22: by how much may it be worse? It begins with +, as in +20%`,
		"session.login: p(95) -20%":  `column 22: by how much may it be worse? It begins with +`,
		"session.login: p(95)":       `column 21: by how much may it be worse?`,
		"session.login: p(95) +20":   `column 23: "20" is neither a percentage such as 20% nor a time such as 50ms`,
		"session.login: p(95) +x%":   `column 23: "x%" is no percentage`,
		"session.login: p(95) +NaN%": `column 23: "NaN%" is no percentage`,
		"session: p(95) +20%":        `column 10: of session there is error_rate`,
		"session: error_rate +5":     `column 22: "5" is no percentage`,
		"session: error_rate +200%":  `column 22: "200%" is no percentage`,
		"capacity: held +10%":        `column 16: by how much may it be worse? It begins with -, as in -20%`,
		"capacity: held -1.5":        `column 17: "1.5" is neither a percentage such as 10% nor a number of sessions`,
		"capacity: n_minus_1 -10%":   `column 11: of capacity there is held`,
		"sessión.login: p(95) +20%":  `column 1: no such metric`,
		"session.login: é +20%":      `column 16: of a time there are`,
	} {
		_, err := ParseLimit(text)
		if e, ok := errors.AsType[*LimitError](err); !ok || e.Text != text || !strings.Contains(err.Error(), want) {
			t.Errorf("%q fails with %v, want %q", text, err, want)
		}
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, seed := range []string{"session.login: p(95) +20%", "session: error_rate +1%", "capacity: held -20", "p(", "é:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		if err != nil {
			if e, ok := errors.AsType[*LimitError](err); !ok || e.Column < 1 || e.Column > len(text)+1 {
				t.Errorf("%q fails with %v", text, err)
			}
			return
		}
		if again, err := ParseLimit(l.String()); err != nil || again != l {
			t.Errorf("%q, read again, is %+v, %v", text, again, err)
		}
		if l.metric != metricCapacity && l.most(1) < 1 || l.metric == metricCapacity && l.most(1) > 1 {
			t.Errorf("%q allows %g after 1", text, l.most(1))
		}
	})
}
