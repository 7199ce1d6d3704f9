package provision

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// commands are those that ask AWS; each has a policy for each kind of load balancer.
var commands = []string{"plan", "apply", "status", "destroy"}

// kindFolders are where the policies of a kind are in docs/iam, and runs that need all
// that its commands need.
var kindFolders = map[string]func(*testing.T) needed{"": whole, "network": wholeNetwork}

// policyFiles are all of these policies, in docs/iam.
func policyFiles() []string {
	var files []string
	for _, folder := range slices.Sorted(maps.Keys(kindFolders)) {
		for _, command := range commands {
			files = append(files, filepath.Join(folder, command))
		}
	}
	return files
}

// unneededByTests are actions of a policy that no run against the simulated AWS needs,
// and why they are there.
var unneededByTests = map[string]string{
	"iam:CreateServiceLinkedRole": "the first load balancer of an account makes AWSServiceRoleForElasticLoadBalancing",
}

// policy is an IAM policy document, as strictly as IAM reads it.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid, Effect string
	Action      []string
	Resource    []string
	Condition   map[string]map[string][]string `json:",omitempty"`
}

func readPolicy(t *testing.T, command string) (p policy, text string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "iam", command+".json"))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("%s.json: %v", command, err)
	}
	return p, string(raw)
}

// actions is the set of what a policy allows.
func (p policy) actions() map[string]bool {
	all := map[string]bool{}
	for _, s := range p.Statement {
		for _, a := range s.Action {
			all[a] = true
		}
	}
	return all
}

// needed collects the IAM actions of runs, by command.
type needed map[string]map[string]bool

// during runs a command and notes what it asked for.
func (n needed) during(c *cluster, command string, run func()) {
	before := len(c.Calls())
	run()
	if n[command] == nil {
		n[command] = map[string]bool{}
	}
	for _, call := range c.Calls()[before:] {
		for _, action := range call.Needs {
			n[command][action] = true
		}
	}
}

func (n needed) plan(t *testing.T, c *cluster, spec lbfile.Spec) {
	t.Helper()
	n.during(c, "plan", func() {
		if p, err := MakePlan(t.Context(), c.cloudHere(t), spec); err != nil || len(p.Stops()) > 0 {
			t.Errorf("plan: %v, stops %q", err, actions(p.Stops()))
		}
	})
	n.during(c, "status", func() {
		if _, err := Status(t.Context(), c.cloudHere(t), spec); err != nil {
			t.Errorf("status before apply: %v", err)
		}
	})
}

func (n needed) apply(t *testing.T, c *cluster, spec lbfile.Spec) {
	t.Helper()
	n.plan(t, c, spec)
	n.during(c, "apply", func() { mustApply(t, c, spec) })
	n.during(c, "status", func() {
		if r, err := Status(t.Context(), c.cloudHere(t), spec); err != nil || len(r.Drift) > 0 {
			t.Errorf("status: %v, drift %q", err, actions(r.Drift))
		}
	})
}

func (n needed) destroy(t *testing.T, c *cluster, spec lbfile.Spec) {
	t.Helper()
	n.during(c, "destroy", func() {
		if _, err := ListOwned(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true}); err != nil {
			t.Error(err)
		}
		mustDestroy(t, c, spec)
	})
}

// whole drives every command through what it can meet: plain and with TLS, from
// nothing and after manual changes, with a bucket of our own and with a foreign
// one.
func whole(t *testing.T) needed {
	t.Helper()
	n := needed{}
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	spec.AccessLogs.Adopt = true
	c.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::blue-logs"}]}`, Tags: map[string]string{"team": "data"}})
	n.apply(t, c, spec)
	n.destroy(t, c, spec)

	c, spec = newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	spec.Draining = lbfile.Span(3e11)
	n.apply(t, c, spec)

	// Others change this and that, and lb.yaml changes too.
	spare := c.AddSubnet(awssim.Subnet{VPC: c.vpc, Zone: "us-east-1c"})
	other := c.anyGroup()
	c.SetBalancer(spec.Balancer(), func(b *awssim.Balancer) { b.Groups, b.Subnets = other, []string{b.Subnets[0], spare} })
	c.SetInterfaceGroups(c.ENIs()[0].ID, c.ENIs()[0].Groups[0])
	c.SetGroup(c.group(spec.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
	c.SetBalancer(spec.Balancer(), func(b *awssim.Balancer) {
		b.Policies = append(b.Policies, awssim.Policy{Name: "proxy", Type: "ProxyProtocolPolicyType"})
		b.BackendPolicies = map[int32][]string{21050: {"proxy"}}
	})
	spec.Clients, spec.Tags = parsePrefixes("172.16.0.0/12"), map[string]string{"team": "data"}
	n.apply(t, c, spec)
	spec.Coordinators = lbfile.Coordinators{IDs: c.instances[1:]}
	spec.TLS.Domain, spec.TLS.Certificate = "", c.AddCertificate(awssim.Certificate{Domain: "other.example.com"})
	n.apply(t, c, spec)
	n.destroy(t, c, spec)

	c, spec = newCluster(t, awssim.Config{}), plainFile(t)
	spec.Scheme = lbfile.InternetFacing
	n.apply(t, c, spec)

	// The coordinators' own group is named, and later it is not.
	c, spec = newCluster(t, awssim.Config{}), plainFile(t)
	n.apply(t, c, spec)
	c.SetGroup(c.group(spec.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = c.shareGroup("workers")
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = ""
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = c.shareGroup("others")
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = ""
	n.during(c, "destroy", func() {
		if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true}); err != nil {
			t.Error(err)
		}
	})
	return n
}

// TestPolicies_AllowWhatTheirCommandsNeed holds docs/iam to the calls that runs
// really make: what they need is there, and nothing else is, but for what is
// named with its reason.
func TestPolicies_AllowWhatTheirCommandsNeed(t *testing.T) {
	t.Parallel()
	for folder, runs := range kindFolders {
		t.Run("of "+folder, func(t *testing.T) {
			t.Parallel()
			n := runs(t)
			for _, command := range commands {
				comparePolicy(t, filepath.Join(folder, command), command, n[command])
			}
			apply, _ := readPolicy(t, filepath.Join(folder, "apply"))
			for action := range unneededByTests {
				if n["apply"][action] || !apply.actions()[action] {
					t.Errorf("%s is named as unasked: it is asked for, or not allowed", action)
				}
			}
		})
	}
}

func comparePolicy(t *testing.T, file, command string, needs map[string]bool) {
	t.Helper()
	p, _ := readPolicy(t, file)
	allowed := p.actions()
	for _, action := range slices.Sorted(maps.Keys(needs)) {
		if !allowed[action] {
			t.Errorf("%s.json lacks %s", file, action)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(allowed)) {
		if !needs[action] && (command != "apply" || unneededByTests[action] == "") {
			t.Errorf("%s.json allows %s, which no run of %s needs", file, action, command)
		}
	}
}

// placeholders stand in the policies for what is the reader's own.
var placeholders = strings.NewReplacer("PARTITION", "aws", "ACCOUNT", "123456789012", "REGION", "us-east-1", "CLUSTER", "blue", "VPC", "vpc-0123abcd", "BUCKET", "blue-logs", "PREFIX", "impala")

// maxPolicy is how many characters IAM takes in a managed policy, white space
// not counted (IAM and STS quotas).
const maxPolicy = 6144

var (
	sidForm    = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	actionForm = regexp.MustCompile(`^(ec2|elasticloadbalancing|acm|s3|iam|servicequotas):[A-Z][A-Za-z]+$`)
	arnForm    = regexp.MustCompile(`^arn:aws:[a-z0-9]+:(us-east-1)?:(123456789012)?:[a-z][A-Za-z0-9.*/_-]+$`)
	unscoped   = regexp.MustCompile(`^(ec2:Describe|elasticloadbalancing:Describe|acm:ListCertificates$|servicequotas:GetServiceQuota$|acm:RequestCertificate$)`)
)

// TestPolicies_AreValidForIAM reads them as IAM does, as far as that can
// be known without asking it: form, length, and that nothing is allowed on
// everything but what has no resource that could be named.
func TestPolicies_AreValidForIAM(t *testing.T) {
	t.Parallel()
	for _, command := range policyFiles() {
		p, text := readPolicy(t, command)
		if short := strings.Join(strings.Fields(text), ""); len(placeholders.Replace(short)) > maxPolicy {
			t.Errorf("%s.json has %d characters", command, len(short))
		}
		if p.Version != policyVersion || len(p.Statement) == 0 {
			t.Errorf("%s.json: version %q, %d statements", command, p.Version, len(p.Statement))
		}
		sids := map[string]bool{}
		for _, s := range p.Statement {
			if sids[s.Sid] || !sidForm.MatchString(placeholders.Replace(s.Sid)) || s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 {
				t.Errorf("%s.json: statement %+v", command, s)
			}
			sids[s.Sid] = true
			for _, a := range s.Action {
				if !actionForm.MatchString(a) || slices.Equal(s.Resource, []string{"*"}) && !unscoped.MatchString(a) {
					t.Errorf("%s.json, %s: %s on %q", command, s.Sid, a, s.Resource)
				}
			}
			for _, keys := range s.Condition {
				for key, values := range keys {
					if strings.HasSuffix(key, "Tag/"+ownerTag) && placeholders.Replace(strings.Join(values, " ")) != "123456789012/us-east-1/blue" {
						t.Errorf("%s.json, %s: %s = %q", command, s.Sid, key, values)
					}
				}
			}
			for _, r := range s.Resource {
				if r != "*" && !arnForm.MatchString(placeholders.Replace(r)) {
					t.Errorf("%s.json, %s: resource %s", command, s.Sid, r)
				}
			}
		}
	}
}

// TestMakePlan_NamesMissingPermissions plans with the rights of status.json: the dry runs
// say what is missing, and status shows what differs all the same.
func TestMakePlan_NamesMissingPermissions(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
	status, _ := readPolicy(t, "status")
	for _, command := range commands {
		other, _ := readPolicy(t, command)
		for action := range other.actions() {
			if !status.actions()[action] {
				c.Deny(action)
			}
		}
	}
	p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
	if err != nil || len(p.Stops()) == 0 || c.Writes() > 0 {
		t.Errorf("plan: %v, stops %q, %d writes", err, actions(p.Stops()), c.Writes())
	}
	for _, s := range p.Stops() {
		if !strings.Contains(s.Why, "the caller lacks the permission ec2:") {
			t.Errorf("%s %s stops because %s", s.Resource, s.Name, s.Why)
		}
	}
	r, err := Status(t.Context(), c.cloudHere(t), spec)
	if err != nil || len(r.Drift) != p.Writes()+len(p.Stops()) {
		t.Errorf("status: %v, drift %q", err, actions(r.Drift))
	}
}
