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
