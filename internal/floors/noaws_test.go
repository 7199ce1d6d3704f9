package floors

import (
	"slices"
	"strings"
	"testing"
)

// A build with the tag noaws is for who only wants to look: AWS's packages are most
// of what a build of the command compiles.
func TestNoAWS_CompilesNoPackageOfAWS(t *testing.T) {
	t.Parallel()
	dependOnSources(t)
	ofAWS := func(args ...string) []string {
		var names []string
		for _, p := range listIn(t, root, append(args, "-deps", "./cmd/impala-lbcheck")...) {
			if strings.HasPrefix(p.ImportPath, "github.com/aws/") {
				names = append(names, p.ImportPath)
			}
		}
		return names
	}
	if names := ofAWS("-tags=noaws"); len(names) > 0 {
		t.Errorf("with the tag noaws, the command compiles %s", strings.Join(names, ", "))
	}
	if !slices.Contains(ofAWS(), "github.com/aws/aws-sdk-go-v2/service/ec2") {
		t.Error("without it, the command compiles no package of EC2")
	}
}
