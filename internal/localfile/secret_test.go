package localfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// open is a temporary directory that others can enter, all the way down.
func open(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows' mode bits say nothing")
	}
	dir := t.TempDir()
	chmod(t, filepath.Dir(dir), 0o755)
	chmod(t, dir, 0o755)
	if enclosed(filepath.Join(dir, "x")) {
		t.Skip("the directory for temporary files is closed to others")
	}
	return dir
}

func chmod(t *testing.T, name string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, name string) string {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file func(dir string) string
		want string // "": it is read
	}{
		"its owner's alone":   {func(dir string) string { return write(t, dir+"/pw", 0o600) }, ""},
		"read-only":           {func(dir string) string { return write(t, dir+"/pw", 0o400) }, ""},
		"readable by others":  {func(dir string) string { return write(t, dir+"/pw", 0o444) }, "can be read by others (mode 0444): chmod 600 "},
		"readable by a group": {func(dir string) string { return write(t, dir+"/pw", 0o640) }, "can be read by others (mode 0640)"},
		"writable by others":  {func(dir string) string { return write(t, dir+"/pw", 0o602) }, "can be changed by others (mode 0602)"},
		"writable by a group": {func(dir string) string { return write(t, dir+"/pw", 0o620) }, "can be changed by others (mode 0620)"},
		"in a closed directory": {func(dir string) string {
			name := write(t, dir+"/closed/deep/pw", 0o666)
			chmod(t, dir+"/closed", 0o700)
			return name
		}, ""},
		"in a directory that others can write to": {func(dir string) string {
			name := write(t, dir+"/shared/pw", 0o600)
			chmod(t, dir+"/shared", 0o777)
			return name
		}, "others can put another file in its place"},
		"in such a one with the sticky bit": {func(dir string) string {
			name := write(t, dir+"/shared/pw", 0o600)
			chmod(t, dir+"/shared", 0o777|fs.ModeSticky)
			return name
		}, ""},
		"by a link that others can replace": {func(dir string) string {
			write(t, dir+"/own/pw", 0o600)
			if err := os.Mkdir(dir+"/shared", 0o755); err != nil {
				t.Fatal(err)
			}
			chmod(t, dir+"/shared", 0o777)
			return link(t, dir+"/own/pw", dir+"/shared/pw")
		}, "others can put another file in its place"},
		"by a link to one that others can read": {func(dir string) string {
			return link(t, write(t, dir+"/own/pw", 0o644), dir+"/pw")
		}, "can be read by others (mode 0644)"},
		"in a volume of Kubernetes": {func(dir string) string {
			write(t, dir+"/..2026_01_02/pw", 0o644)
			link(t, "..2026_01_02", dir+"/..data")
			return link(t, "..data/pw", dir+"/pw")
		}, ""},
		"in such a volume, for others to write": {func(dir string) string {
			write(t, dir+"/..2026_01_02/pw", 0o666)
			link(t, "..2026_01_02", dir+"/..data")
			return link(t, "..data/pw", dir+"/pw")
		}, "can be changed by others"},
		"beside such a volume": {func(dir string) string {
			write(t, dir+"/..2026_01_02/other", 0o644)
			link(t, "..2026_01_02", dir+"/..data")
			return write(t, dir+"/pw", 0o644)
		}, "can be read by others"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := c.file(open(t))
			b, err := ReadSecret(t.Context(), file, 100)
			switch {
			case c.want == "" && (err != nil || string(b) != "secret\n"):
				t.Errorf("ReadSecret = %q, %v", b, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file)):
				t.Errorf("ReadSecret fails with %v, want %q", err, c.want)
			}
		})
	}
}

func TestMounted(t *testing.T) {
	t.Parallel()
	for resolved, want := range map[string]bool{
		"/run/secrets/impala":         true,
		"/var/run/secrets/a/impala":   true,
		"/run/secretsx/impala":        false,
		"/home/ann/run/secrets/x":     false,
		"/run/impala":                 false,
		"/home/ann/no-such/file/here": false,
	} {
		if got := mounted(resolved, resolved); got != want {
			t.Errorf("mounted(%s) = %v", resolved, got)
		}
	}
}
