package localfile

import "syscall"

// Of linux/magic.h and statfs(2).
const (
	tmpfs    = 0x01021994
	readOnly = 1
)

// readOnlyMemory reports whether the file is on a tmpfs that is mounted read-only,
// as Kubernetes mounts secrets.
func readOnlyMemory(name string) bool {
	var st syscall.Statfs_t
	return syscall.Statfs(name, &st) == nil && st.Type == tmpfs && st.Flags&readOnly != 0
}
