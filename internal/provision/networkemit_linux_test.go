package provision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestNetwork_ScriptHasTheCallsOfApply runs the script of a plan with a stand-in for the
// AWS CLI, and compares its calls with those of apply in the same account: the same
// ones, in the same order, with the same input but for ids that AWS gives.
func TestNetwork_ScriptHasTheCallsOfApply(t *testing.T) {
	t.Parallel()
	for name, file := range networkFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), file(t)
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			calls, said, err := runScript(t, Script(p), awssim.Account)
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			ids := c.scriptIDs(t, spec)
			done := ids.replaceAll(writesOf(mapSlice(mustApply(t, c, spec).Done, func(d Change) string { return strings.Join(d.CLI[1:], " ") })))
			if got := writesOf(calls); !slices.Equal(sameInputs(got), sameInputs(done)) {
				t.Errorf("the script calls\n%s\nand apply\n%s", strings.Join(got, "\n"), strings.Join(done, "\n"))
			}
			for _, wait := range []string{"elbv2 wait load-balancer-available --load-balancer-arns id-of-create-load-balancer", "elbv2 wait target-in-service --target-group-arn id-of-create-target-group"} {
				if !strings.Contains(strings.Join(calls, "\n"), wait) {
					t.Errorf("it does not call %q", wait)
				}
			}
		})
	}
}

// writesOf are the calls that change something.
func writesOf(calls []string) []string {
	return slices.DeleteFunc(slices.Clone(calls), func(line string) bool {
		words := strings.Fields(line)
		return len(words) < 2 || words[1] == "wait" || strings.HasPrefix(words[1], "describe-") || strings.HasPrefix(words[1], "get-")
	})
}

// scriptIDs replaces the ids that AWS gave to apply by what the stand-in answers. It is
// read once apply is done.
type scriptIDs struct {
	t       *testing.T
	cluster *cluster
	spec    lbfile.Spec
}

func (c *cluster) scriptIDs(t *testing.T, spec lbfile.Spec) scriptIDs {
	t.Helper()
	return scriptIDs{t, c, spec}
}

func (s scriptIDs) replaceAll(calls []string) []string {
	s.t.Helper()
	var pairs []string
	for _, name := range []string{s.spec.FrontGroup(), s.spec.BackGroup()} {
		pairs = append(pairs, s.cluster.group(name).ID, "id-of-create-security-group")
	}
	for _, g := range s.cluster.TargetGroups() {
		pairs = append(pairs, g.ARN, "id-of-create-target-group")
	}
	for _, c := range s.cluster.Certificates() {
		pairs = append(pairs, c.ARN, "id-of-request-certificate")
	}
	for _, b := range s.cluster.NetworkBalancers() {
		pairs = append(pairs, b.ARN, "id-of-create-load-balancer")
		for _, l := range s.cluster.listenersOf(s.t, b.ARN) {
			pairs = append(pairs, l, "id-of-create-listener")
		}
	}
	all := strings.NewReplacer(pairs...)
	return mapSlice(calls, all.Replace)
}

// sameInputs are calls with their JSON in one form.
func sameInputs(calls []string) []string {
	return mapSlice(calls, func(line string) string {
		before, after, found := strings.Cut(line, "--cli-input-json ")
		if !found {
			return line
		}
		d := json.NewDecoder(strings.NewReader(after))
		var in any
		if err := d.Decode(&in); err != nil {
			return line
		}
		raw, _ := json.Marshal(in)
		return fmt.Sprintf("%s%s", before, raw)
	})
}

// listenersOf are the ARNs of a load balancer's listeners.
func (c *cluster) listenersOf(t *testing.T, balancer string) []string {
	t.Helper()
	out, err := c.hand.ELBv2.DescribeListeners(t.Context(), &elbv2.DescribeListenersInput{LoadBalancerArn: &balancer})
	if err != nil {
		t.Fatal(err)
	}
	return mapSlice(out.Listeners, func(l types.Listener) string { return text(l.ListenerArn) })
}
