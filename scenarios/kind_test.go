package scenarios

import "testing"

func TestKind_OrLooks(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]Kind{"": KindLooks, "nonsense": KindLooks, KindLooks: KindLooks, KindWatch: KindWatch} {
		if got := kind.OrLooks(); got != want {
			t.Errorf("%q is %q, want %q", kind, got, want)
		}
	}
}

func TestKinds_HaveRules(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		if kinds[k].claims == nil {
			t.Errorf("nothing says what a scenario of kind %s needs", k)
		}
	}
	if len(kinds) != len(Kinds()) {
		t.Errorf("rules for %d kinds, of which there are %d", len(kinds), len(Kinds()))
	}
}
