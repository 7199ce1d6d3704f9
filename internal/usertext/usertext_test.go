package usertext

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"sessions", "settle", "burst", "rate"}
	for word, want := range map[string]string{
		"sesions":                       "sessions",
		"brust":                         "burst", // two letters swapped are one edit
		"Rate":                          "rate",
		"raet":                          "rate",
		"waves":                         "",
		"":                              "",
		strings.Repeat("sessions", 100): "",
	} {
		if got, ok := Nearest(word, known); got != want || ok != (want != "") {
			t.Errorf("Nearest(%.20q) = %q, %v, want %q", word, got, ok, want)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\nb":                  `"a\nb"`,
		"user:secret@host:1":    `"...@host:1"`,
		"a@b":                   `"a@b"`,
		strings.Repeat("é", 41): `"` + strings.Repeat("é", 40) + `..."`,
	} {
		if got := Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}
