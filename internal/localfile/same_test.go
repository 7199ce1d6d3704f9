package localfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("there"), 0o600)
	write(t, at("other"), 0o600)
	if err := os.Mkdir(at("sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(at("there"), at("hard")); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "there", "dangling": "sub/new", "loop": "loop", "dir": "sub"} {
		if err := os.Symlink(to, at(name)); err != nil {
			t.Skip(err) // Windows lets administrators alone
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"there", "there", true},
		{"there", "sub/../there", true},
		{"there", "link", true},
		{"there", "hard", true},
		{"there", "other", false},
		{"there", "new", false},
		{"new", "./new", true},
		{"new", "sub/new", false},
		{"sub/new", "dir/new", true},
		{"dangling", "sub/new", true},
		{"dangling", "dir/new", true},
		{"dangling", "new", false},
		{"loop", "new", false},
		{"none/a", "none/./a", true},
	} {
		// Not filepath.Join, which would tidy the spelling up.
		if got := Same(dir+"/"+c.a, dir+"/"+c.b); got != c.want {
			t.Errorf("Same(%s, %s) = %v", c.a, c.b, got)
		}
		if got := Same(dir+"/"+c.b, dir+"/"+c.a); got != c.want {
			t.Errorf("Same(%s, %s) = %v", c.b, c.a, got)
		}
	}
}
