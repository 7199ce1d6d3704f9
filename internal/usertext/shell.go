package usertext

import "strings"

// ShellWord is a value as one word of a shell.
func ShellWord(value string) string {
	if value != "" && strings.IndexFunc(value, special) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// special reports whether a shell may not take a character as it stands.
func special(r rune) bool {
	plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,@%+", r)
	return !plain
}
