package golden

import (
	"path/filepath"
	"testing"
)

func TestSection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sections.txt")
	was := *update
	defer func() { *update = was }()
	*update = true
	for name, text := range map[string]string{"a": "one\ntwo\n", "b": "three\n"} {
		t.Run(name, func(t *testing.T) { Section(t, path, text) })
	}
	*update = false
	t.Run("a", func(t *testing.T) { Section(&named{TB: t, name: "TestSection/a"}, path, "one\ntwo\n") })
	spy := &named{TB: t, name: "TestSection/b"}
	if Section(spy, path, "four\n"); !spy.failed {
		t.Error("a section that differs is taken")
	}
}

// named is a test of another name that notes that it failed.
type named struct {
	testing.TB
	name   string
	failed bool
}

func (n *named) Name() string              { return n.name }
func (n *named) Errorf(_ string, _ ...any) { n.failed = true }
