package usertext

import "testing"

func TestShellWord(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"corp-ca.pem": "corp-ca.pem", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$HOME": "'$HOME'", "a;b": "'a;b'", "user@EXAMPLE.COM": "user@EXAMPLE.COM",
	} {
		if got := ShellWord(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
