package lbcheck

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// startWithLogin starts a cluster whose web pages need HTTPS and a login, and returns a
// scenario that reads them.
func startWithLogin(t *testing.T) (*simcluster.Cluster, scenarios.Scenario, Options) {
	t.Helper()
	cluster, err := simcluster.Start(simcluster.Config{Coordinators: 4, Web: true, WebTLS: true, WebUsers: map[string]string{"ops": "hunter2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cluster.Close() })
	s := scenarios.Default()
	s.Target.WebPort, s.Target.WebTLS, s.Target.WebUser = int(cluster.Pages()[0].Port()), true, "ops"
	s.Expect.Coordinators.Names = cluster.Names()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cluster.CA())
	return cluster, s, Options{Roots: roots, WebPassword: "hunter2"}
}

func TestPages_HTTPSAndLogin(t *testing.T) {
	t.Parallel()
	cluster, s, opt := startWithLogin(t)
	read := opt.Pages(s)
	for range 2 { // before and after
		for _, p := range read(t.Context(), cluster.Names()) {
			if p.Err != "" || p.Healthy == nil || !*p.Healthy || p.Threads != 64 || p.Needs != "" {
				t.Errorf("page %+v", p)
			}
		}
	}
}

// TestPages_WrongPasswordOnce holds that a wrong password is sent to one coordinator
// once in a run, since a directory may lock the account, and that it is not shown.
func TestPages_WrongPasswordOnce(t *testing.T) {
	t.Parallel()
	cluster, s, opt := startWithLogin(t)
	opt.WebPassword = "25000"
	read := opt.Pages(s)
	for range 3 {
		for _, p := range read(t.Context(), cluster.Names()) {
			if p.Needs != scenarios.PageNeedsLogin || p.Err == "" || strings.Contains(p.Err, opt.WebPassword) {
				t.Errorf("page %+v", p)
			}
		}
	}
	if n := cluster.Stats().WebLogins; n != 1 {
		t.Errorf("%d logins were sent, want one", n)
	}
}

func TestPages_Needs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*scenarios.Scenario)
		want   scenarios.PageNeed
	}{
		"HTTPS":    {func(s *scenarios.Scenario) { s.Target.WebTLS = false }, scenarios.PageNeedsHTTPS},
		"no login": {func(s *scenarios.Scenario) { s.Target.WebUser = "" }, scenarios.PageNeedsLogin},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, s, opt := startWithLogin(t)
			c.change(&s)
			for _, p := range opt.Pages(s)(t.Context(), cluster.Names()) {
				if p.Needs != c.want || p.Err == "" {
					t.Errorf("page %+v, want a need for %s", p, c.want)
				}
			}
		})
	}
}
