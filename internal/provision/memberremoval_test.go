package provision

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestDestroy_SaysWhyCoordinatorsLoseTheGroup: they are coordinators until then.
func TestDestroy_SaysWhyCoordinatorsLoseTheGroup(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	mustApply(t, c, spec)
	p, err := ListOwned(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, change := range p.Changes {
		if change.Resource == "coordinator's group" {
			n++
			if change.Action != Delete || change.Why != "the load balancer is being removed" {
				t.Errorf("%+v", change)
			}
		}
	}
	if n != len(c.instances) {
		t.Errorf("%d coordinators lose the group, want %d", n, len(c.instances))
	}
}
