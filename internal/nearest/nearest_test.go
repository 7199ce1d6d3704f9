package nearest

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWord(t *testing.T) {
	t.Parallel()
	known := []string{"sessions", "settle", "settle-every", "burst"}
	for word, want := range map[string]string{
		"sesions":                "sessions",
		"bursts":                 "burst",
		"settel":                 "settle",
		"settle-evry":            "settle-every",
		"waves":                  "",
		"":                       "",
		strings.Repeat("s", 100): "",
	} {
		if got, ok := Word(word, known); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t, want %q", word, got, ok, want)
		}
	}
}
