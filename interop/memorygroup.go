//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// memoryGroup is a control group with a limit of memory: the kernel kills what takes more.
type memoryGroup struct{ dir string }

// newMemoryGroup makes one where this machine lets us, of either version of control groups.
func newMemoryGroup(name string, limit int64) (*memoryGroup, error) {
	for root, file := range map[string]string{"/sys/fs/cgroup/memory": "memory.limit_in_bytes", "/sys/fs/cgroup": "memory.max"} {
		g := &memoryGroup{filepath.Join(root, "impala-lbcheck-"+name)}
		if os.Mkdir(g.dir, 0o755) != nil {
			continue
		}
		if f, err := os.OpenFile(filepath.Join(g.dir, file), os.O_WRONLY, 0); err == nil { // the kernel made it
			_, err = f.WriteString(strconv.FormatInt(limit, 10))
			if errors.Join(err, f.Close()) == nil {
				return g, nil
			}
		}
		g.delete()
	}
	return nil, errors.New("no control group of memory can be made here")
}

// prefix executes a command in the group.
func (g *memoryGroup) prefix() []string {
	return []string{"sh", "-c", `echo $$ > "$0" && exec "$@"`, filepath.Join(g.dir, "cgroup.procs")}
}

// delete removes the group, in which nothing runs any more.
func (g *memoryGroup) delete() { os.Remove(g.dir) }
