//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package localfile

import (
	"errors"
	"os"
	"syscall"
)

// taken reports whether another process has locked the file, and locks it where none has.
// A file system without locks has no file that is taken.
func taken(f *os.File) bool {
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
