package scenarios

import "testing"

func TestKindClaims_AreOfEveryKind(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		if kindClaims[k] == nil {
			t.Errorf("nothing says what a scenario of kind %s needs", k)
		}
	}
	if len(kindClaims) != len(Kinds()) {
		t.Errorf("%d kinds in the map, %d in Kinds", len(kindClaims), len(Kinds()))
	}
}
