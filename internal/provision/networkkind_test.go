package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// networkFiles are those of the kind network.
var networkFiles = map[string]func(*testing.T) lbfile.Spec{
	"over TCP": networkFile, "over TLS": networkTLSFile,
	"by address": func(t *testing.T) lbfile.Spec {
		s := parse(t, strings.Replace(networkText, "kind: network", "kind: network\ntargets: ip", 1))
		return s
	},
}

// networkConfig has the delays of AWS's network load balancers.
func networkConfig() awssim.Config {
	return awssim.Config{IssueAfter: 2, DetailsLag: 1, HealthLag: 1, InterfaceLag: 1, ActiveLag: 2, DrainLag: 2, UseLag: 1}
}

func TestNetwork_BuildsAFreshAccountOnce(t *testing.T) {
	t.Parallel()
	for name, file := range networkFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, networkConfig())
			spec := file(t)
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			if n := c.Writes(); n != 0 || p.Writes() == 0 || len(p.Stops()) > 0 {
				t.Fatalf("plan wrote %d times; it has %d writes and stops for %v", n, p.Writes(), p.Stops())
			}
			first := mustApply(t, c, spec)
			if len(first.Drift) > 0 || len(first.Done) != p.Writes() {
				t.Errorf("drift %q; done\n%s\nof planned\n%s", actions(first.Drift), strings.Join(actions(first.Done), "\n"), strings.Join(actions(p.Changes), "\n"))
			}
			before := len(c.Calls())
			mustApply(t, c, spec)
			if again := c.writesSince(before); len(again) > 0 {
				t.Errorf("the second apply wrote %q", again)
			}
			if failed := c.failedCalls(); len(failed) > 0 {
				t.Errorf("AWS refused %q", failed)
			}
			mustDestroy(t, c, spec)
		})
	}
}

// failedCalls are the calls that were refused, but for what is looked for by its name.
func (c *cluster) failedCalls() []string {
	var out []string
	for _, call := range c.Calls() {
		if call.Code != "" && !slices.Contains([]string{"LoadBalancerNotFound", "DryRunOperation", "NoSuchBucket", "NoSuchKey", "NoSuchBucketPolicy", "NoSuchTagSet", "ServerSideEncryptionConfigurationNotFoundError"}, call.Code) {
			out = append(out, call.Name+": "+call.Code)
		}
	}
	return out
}
