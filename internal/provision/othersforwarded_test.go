package provision

import (
	"errors"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestDestroy_StopsForAListenerThatServesOthers: our load balancer forwards to a target
// group that is not ours, from a port of lb.yaml or from another one.
func TestDestroy_StopsForAListenerThatServesOthers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*awssim.NetworkBalancer)
		port   string
	}{
		"another port": {func(b *awssim.NetworkBalancer) {
			b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 5432, Groups: []string{"stranger"}})
		}, "5432"},
		"a port of lb.yaml": {func(b *awssim.NetworkBalancer) { b.Listeners[1].Groups = []string{"stranger"} }, "21050"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), networkFile(t)
			mustApply(t, c, spec)
			c.AddTargetGroup(awssim.TargetGroup{Name: "stranger", Port: 5432, VPC: c.vpc, Targets: []awssim.Target{{ID: c.AddInstance(awssim.Instance{Subnet: c.subnets[0]})}}})
			c.SetNetworkBalancer(spec.Balancer(), tc.change)
			p, err := ListOwned(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
			if err != nil || len(p.Stops()) != 1 {
				t.Errorf("the list stops for %q, %v", actions(p.Stops()), err)
			}
			before := len(c.Calls())
			_, err = Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
			says := `listener "` + tc.port + `": conflict: it forwards to target group stranger, `
			if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), says) {
				t.Errorf("%v, want %s", err, says)
			}
			if wrote := c.writesSince(before); len(wrote) > 0 {
				t.Errorf("it wrote %q", wrote)
			}
			mustApply(t, c, spec) // as the message says
			mustDestroy(t, c, spec)
		})
	}
}
