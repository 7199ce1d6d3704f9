package localfile

import (
	"os"
	"strings"
	"testing"
)

// The kernel's own list of mounts says the same of every mount that it has.
func TestReadOnlyMemory(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	found := map[bool]int{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if _, err := os.Stat(f[1]); err != nil {
			continue
		}
		last := strings.LastIndex(string(b), " "+f[1]+" ") // a later mount hides it
		if !strings.HasPrefix(string(b)[last+len(f[1])+2:], strings.Join(f[2:], " ")) {
			continue
		}
		want := strings.HasSuffix(f[2], "tmpfs") && strings.HasPrefix(f[3]+",", "ro,")
		found[want]++
		if got := readOnlyMemory(f[1]); got != want {
			t.Errorf("readOnlyMemory(%s) = %v: %s", f[1], got, line)
		}
	}
	t.Logf("%d mounts of that kind, %d others", found[true], found[false])
	if found[false] == 0 {
		t.Error("no mount was looked at")
	}
}
