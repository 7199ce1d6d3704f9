package exporter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// oneAccount is a configuration whose targets log in as one user, but for "other".
func oneAccount() string {
	var b strings.Builder
	b.WriteString("every: 5m\nconcurrent: 4\ntargets:\n")
	for name, user := range map[string]string{"a": "svc", "b": "svc", "c": "svc", "other": "svc2"} {
		fmt.Fprintf(&b, "  %s:\n    scenario: smoke\n    endpoints: [%s.example.com]\n    settings: {auth.mechanism: ldap, auth.user: %s, auth.password_file: /run/secrets/%s, auth.allow_cleartext: true}\n",
			name, name, user, user)
	}
	return b.String()
}

// A directory counts the wrong passwords of an account, wherever they come from.
func TestLogins_RejectedOneIsHeldInAllTargets(t *testing.T) {
	bubble(t, oneAccount(), func(t *testing.T, l *lab) {
		l.set(func() { l.good = "second" })
		last := map[string]map[string]float64{}
		for range 60 {
			for _, name := range []string{"a", "b", "c"} {
				last[name] = l.scrape(name)
			}
			wait(30 * time.Second)
		}
		if got := l.runs(); len(got) != 1 {
			t.Fatalf("the login was sent in %d runs: %q", len(got), got)
		}
		for name, got := range last {
			if got["exporter_login_withheld"] != 1 {
				t.Errorf("%s does not say that its login is withheld", name)
			}
		}
		l.scrape("other")
		wait(runTime)
		if got := l.runs(); len(got) != 2 {
			t.Errorf("another user's login: %q", got)
		}
		l.set(func() { l.password = "second" })
		for range 30 {
			for _, name := range []string{"a", "b", "c"} {
				last[name] = l.scrape(name)
			}
			wait(30 * time.Second)
		}
		for name, got := range last {
			if got["exporter_login_withheld"] != 0 || got["verdict pass"] != 1 {
				t.Errorf("%s, after the secret changed: %v", name, got)
			}
		}
	})
}

// A target of another name is no way around it, either.
func TestLogins_RejectedOneIsHeldInTargetsThatAreNew(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.set(func() { l.good = "second" })
		l.scrape("prod")
		wait(runTime)
		l.set(func() { l.files["exporter.yaml"] = strings.Replace(twoTargets, "  prod:", "  production:", 1) })
		wait(time.Minute)
		l.scrape("production")
		wait(time.Minute)
		if got := l.runs(); len(got) != 1 || l.scrape("production")["exporter_login_withheld"] != 1 {
			t.Errorf("runs %q, %v", got, l.scrape("production"))
		}
	})
}

func TestLogins_OneTrialAtATime(t *testing.T) {
	bubble(t, oneAccount(), func(t *testing.T, l *lab) {
		for _, name := range []string{"a", "b", "c", "other"} {
			l.scrape(name)
		}
		synctest.Wait()
		if got := l.runs(); len(got) != 2 {
			t.Errorf("at first: %q", got)
		}
		waiting := 0.0
		for _, name := range []string{"a", "b", "c", "other"} {
			got := l.scrape(name)
			waiting += got["exporter_run_waiting"]
			if got["exporter_run_waiting"]+got["exporter_run_in_progress"] != 1 {
				t.Errorf("%s: %v", name, got)
			}
		}
		if waiting != 2 {
			t.Errorf("%v targets wait", waiting)
		}
		wait(3*runTime + time.Second)
		got := l.runs()
		if slices.Sort(got); len(got) != 4 || len(slices.Compact(got)) != 4 {
			t.Errorf("nobody asked again, and these ran: %q", got)
		}
	})
}

// Once a session was good, others need not wait for the rest of the run.
func TestLogins_AcceptedOneIsFree(t *testing.T) {
	bubble(t, oneAccount(), func(t *testing.T, l *lab) {
		l.set(func() { l.accepted = time.Second })
		for _, name := range []string{"a", "b", "c"} {
			l.scrape(name)
		}
		wait(500 * time.Millisecond)
		if got := l.runs(); len(got) != 1 {
			t.Errorf("before it was accepted: %q", got)
		}
		wait(2 * time.Second)
		if got := l.runs(); len(got) != 3 || l.most != 3 {
			t.Errorf("after two were accepted: %q, %d together", got, l.most)
		}
	})
}

// Who may not read pages may still check the balancer.
func TestLogins_RejectedPagesAreReadWithoutOne(t *testing.T) {
	const config = `every: 5m
targets:
  prod:
    scenario: smoke
    endpoints: [prod.example.com]
    settings: {expect.coordinators: "c1,c2", target.web_port: "25000", target.web_user: viewer, target.web_password_file: /run/secrets/viewer, auth.allow_cleartext: true}
`
	bubble(t, config, func(t *testing.T, l *lab) {
		l.set(func() { l.goodWeb = "another" })
		var last map[string]float64
		for range 30 {
			last = l.scrape("prod")
			wait(time.Minute)
		}
		if got := l.runs(); len(got) < 5 || len(l.sentWeb) != 1 {
			t.Errorf("%d runs, %d of them logged in to the pages", len(got), len(l.sentWeb))
		}
		if last["exporter_pages_login_withheld"] != 1 || last["exporter_login_withheld"] != 0 || last["verdict pass"] != 1 {
			t.Errorf("%v", last)
		}
	})
}
