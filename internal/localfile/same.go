package localfile

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Same reports whether two names lead to one file, whether or not it is there
// yet: by another spelling, a symbolic link, or a hard link.
func Same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB)
	}
	placeA, placeB := place(a), place(b)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" { // their file systems do not tell case apart
		return strings.EqualFold(placeA, placeB)
	}
	return placeA == placeB
}

// maxLinks is how many links a system follows (Linux: path_resolution(7)).
const maxLinks = 40

// place is where name leads, without links; the last element need not be there.
func place(name string) string {
	for range maxLinks {
		name, _ = filepath.Abs(name)
		if dir, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
			name = filepath.Join(dir, filepath.Base(name))
		}
		to, err := os.Readlink(name)
		if err != nil {
			return name
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return name
}
