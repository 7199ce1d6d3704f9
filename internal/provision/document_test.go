package provision

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

var root = filepath.Join("..", "..")

func document(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "docs", "provisioning.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

var (
	testName   = regexp.MustCompile(`\bTest[A-Z]\w+`)
	testFunc   = regexp.MustCompile(`(?m)^func (Test[A-Z]\w+)\(`)
	actionName = regexp.MustCompile("`((?:ec2|elasticloadbalancing|acm|s3|iam|servicequotas):[A-Z][A-Za-z]+)`")
)

// TestDocument_NamesTestsThatExist reads the tests of the whole tree.
func TestDocument_NamesTestsThatExist(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(src), -1) {
			there[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := testName.FindAllString(document(t), -1)
	if len(named) == 0 {
		t.Error("it names none")
	}
	for _, name := range named {
		if !there[name] {
			t.Errorf("%s is in the document and not in the tree", name)
		}
	}
}

// TestDocument_NamesTheCallsThatAreMade holds it to the policies, which are
// held to the calls: none is invented, and no write is missing.
func TestDocument_NamesTheCallsThatAreMade(t *testing.T) {
	t.Parallel()
	allowed, named := map[string]bool{}, map[string]bool{}
	for _, command := range policyFiles() {
		p, _ := readPolicy(t, command)
		maps.Copy(allowed, p.actions())
	}
	for _, m := range actionName.FindAllStringSubmatch(document(t), -1) {
		named[m[1]] = true
	}
	for _, action := range slices.Sorted(maps.Keys(named)) {
		if !allowed[action] {
			t.Errorf("%s is in the document and no command needs it", action)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(allowed)) {
		if !named[action] && !readAction.MatchString(action) {
			t.Errorf("%s is a write, and the document does not name it", action)
		}
	}
}

var readAction = regexp.MustCompile(`:(Describe|List|Get)`)

// recipe lists the commands of 2017: each has its row.
var recipe = []string{
	"describe-vpcs", "describe-subnets", "describe-instances",
	"create-security-group` \"CLNAME Impala FE\"", "create-security-group` \"CLNAME Impala BE\"",
	"authorize-security-group-ingress", "authorize-security-group-ingress --source-group",
	"modify-instance-attribute --groups", "create-bucket", "put-bucket-policy",
	"create-load-balancer", "modify-load-balancer-attributes", "configure-health-check",
	"register-instances-with-load-balancer", "request-certificate", "add-tags-to-certificate",
	"delete-load-balancer-listeners", "create-load-balancer-listeners", "impala-shell -q", "openssl s_client",
}

func TestDocument_HasARowForEachCommandOfTheRecipe(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for line := range strings.Lines(document(t)) {
		if cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | "); len(cells) == 5 {
			rows = append(rows, cells)
		}
	}
	for _, command := range recipe {
		i := slices.IndexFunc(rows, func(cells []string) bool { return strings.Contains(cells[1], command) })
		if i < 0 || !testName.MatchString(rows[i][4]) {
			t.Errorf("%s has no row, or no test", command)
		}
	}
}

// TestApply_TagsInTheCreatingCall: what is created carries its tags from the first
// moment.
func TestApply_TagsInTheCreatingCall(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{IssueAfter: 1})
	mustApply(t, c, tlsFile(t))
	for _, call := range c.Calls() {
		if strings.Contains(call.Name, "Tag") && call.Write {
			t.Errorf("%s %v", call.Name, call.Params)
		}
	}
	if cert := c.Certificates()[0]; cert.Tags[ownerTag] == "" || c.LoadBalancers()[0].Tags[ownerTag] == "" {
		t.Errorf("certificate %+v", cert)
	}
}
