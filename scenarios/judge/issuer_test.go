package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/dn"
)

// FuzzIssuer reads names that a stranger's certificate holds: whatever they
// are, a name that can be read has all of its own attributes.
func FuzzIssuer(f *testing.F) {
	for _, s := range []string{amazon, "/C=US/O=Amazon/CN=x", `C = US, O = "Amazon, Inc."`, `O=M\C3\BCller+OU=x`, `O=\`, `O="`, "/", "=", ",,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		_, err := dn.Parse(name)
		if missing := MissingIssuer([]string{name}, name); err == nil && missing != "" {
			t.Errorf("%q lacks its own %q", name, missing)
		}
	})
}
