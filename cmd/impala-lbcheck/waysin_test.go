package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// waysIn are the protocols, logins and transports by which a session opens.
var waysIn = []string{
	"--protocol hs2", "--auth ldap", "--auth kerberos", "--auth kerberos --tls",
	"--protocol beeswax", "--protocol beeswax --auth ldap", "--protocol beeswax --auth kerberos",
	"--protocol hs2-http", "--protocol hs2-http --auth ldap", "--protocol hs2-http --auth jwt", "--protocol hs2-http --auth kerberos",
	"--protocol hs2-http --auth kerberos --tls",
}

// Every scenario works through each of them, and its findings are those of plain HS2. Over
// HTTP, where calls may go elsewhere, there is one more.
func TestDemo_EveryScenarioThroughEveryWayIn(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{
		"smoke", "spread --sessions 60", "tls", "query --slowest 1000", "capacity --hold 20",
		"idle --idle-steps 50ms --min-idle 0", "watch --watch-for 1s --rate 5/s", "handle-reuse --balance source",
	} {
		t.Run(strings.Fields(scenario)[0], func(t *testing.T) {
			t.Parallel()
			var plain []string
			for _, way := range waysIn {
				if strings.HasPrefix(scenario, "handle-reuse") && strings.Contains(way, "beeswax") {
					continue // its session is its connection
				}
				out := filepath.Join(t.TempDir(), "r.json")
				args := append([]string{"demo"}, strings.Fields(scenario+" "+way+" --timeout 20s --quiet --out "+out)...)
				stdout, stderr, code := call(t, args...)
				if code != exitPass {
					t.Errorf("%s: exit %d\n%s%s", way, code, stdout, stderr)
					continue
				}
				r, err := readResult(t.Context(), out)
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, f := range r.Findings {
					if f.ID != "affinity.calls" {
						ids = append(ids, f.ID)
					}
				}
				if plain == nil {
					plain = slices.Clone(ids)
				}
				if diff := cmp.Diff(plain, ids); diff != "" {
					t.Errorf("%s: findings (-plain HS2 +this):\n%s", way, diff)
				}
			}
		})
	}
}
