package floors

import (
	"slices"
	"strings"
	"testing"
)

// lean are the public packages that link none of what only reports and commands need.
var lean = []string{"lbcheck", "hs2client", "scenarios", "scenarios/run", "scenarios/judge"}

// heavy are modules that programs of others do not get with them.
var heavy = []string{"github.com/prometheus/", "github.com/aws/", "github.com/spf13/", "github.com/olekukonko/", "github.com/vbauerster/"}

func TestLinks_PublicPackagesAreLean(t *testing.T) {
	t.Parallel()
	dependOnSources(t)
	args := []string{"-deps"}
	for _, name := range lean {
		args = append(args, module+"/"+name)
	}
	linked := listIn(t, ".", args...)
	if len(linked) < 100 {
		t.Errorf("%d packages: that is not all", len(linked))
	}
	for _, p := range linked {
		if slices.ContainsFunc(heavy, func(h string) bool { return strings.HasPrefix(p.ImportPath, h) }) {
			t.Errorf("one of %v links %s", lean, p.ImportPath)
		}
	}
}
