//go:build unix

package shellcmd

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// alive reports whether the process whose id is in a file is there and no zombie.
func alive(t *testing.T, file string) bool {
	t.Helper()
	pid := read(t, file)
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if os.IsNotExist(err) {
		return false
	}
	if err != nil { // no /proc
		return syscall.Kill(pid, 0) == nil
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')'):]))
	return fields[1] != "Z"
}

func end(t *testing.T, file string) {
	t.Helper()
	_ = syscall.Kill(read(t, file), syscall.SIGKILL)
}

func read(t *testing.T, file string) int {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
