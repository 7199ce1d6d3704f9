//go:build unix

package localfile

import (
	"io/fs"
	"os"
	"syscall"
)

// ourGroup reports whether the group of a file is the one that this process runs
// as, or root's.
func ourGroup(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(st.Gid) == os.Getegid() || st.Gid == 0)
}
