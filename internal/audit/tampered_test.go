package audit_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/audit"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// answers are what AWS says in one audit, of which one is changed, or every one.
type answers struct {
	peertest.Answers
	every func([]byte) []byte // nil: none
}

func (s *answers) answer(_ int, w http.ResponseWriter, a faultproxy.Answer) bool {
	body, _, here := s.Changed(a.Body)
	switch {
	case s.every != nil && a.Status < 300:
		body = s.every(a.Body)
	case !here:
		return false
	}
	w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
	w.WriteHeader(a.Status)
	_, _ = w.Write(body)
	return true
}

// tamperedAudit is an account whose answers come through s.
func tamperedAudit(t *testing.T) (*account, *answers) {
	t.Helper()
	a := newAccount(t)
	a.serveTLS()
	p, err := faultproxy.New(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	t.Setenv("AWS_ENDPOINT_URL", p.URL())
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	s := &answers{}
	p.Change(s.answer)
	return a, s
}

// ask audits, and has what was found judged, written and read again.
func (a *account) ask(t *testing.T, what, name string) (scenarios.Audited, map[string]scenarios.Status, error) {
	t.Helper()
	found, err := audit.Read(t.Context(), name, a.options)
	if err != nil {
		if text := err.Error(); len(text) > 2000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%s: %q", what, text)
		}
		return found, nil, err
	}
	result := run.Audit(found, scenarios.Scenario{Name: "audit", Kind: scenarios.KindAudit, Target: scenarios.Target{Endpoints: []string{name}}, Audit: a.config}, now, "test")
	text, err := json.Marshal(result)
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if _, err := scenarios.DecodeResult(text); err != nil {
		t.Errorf("%s: the result cannot be read again: %v", what, err)
	}
	states := map[string]scenarios.Status{}
	for _, f := range result.Findings {
		states[f.ID] = f.Status
	}
	return found, states, nil
}

// An answer of AWS that was cut is a call that failed: the audit fails, or goes on without
// it, names it, and nothing passes or fails for it that did not before.
func TestTampered_AuditOfAWS(t *testing.T) {
	a, s := tamperedAudit(t)
	for _, name := range []string{networkName, classicName} {
		s.Next(peertest.Change{})
		whole, before, err := a.ask(t, "whole", name)
		if err != nil {
			t.Fatal(err)
		}
		var tried peertest.Tried
		for _, change := range peertest.Changes(s.Said(), 8, 700) {
			s.Next(change)
			start := time.Now()
			found, states, err := a.ask(t, change.String(), name)
			tried.Note(time.Since(start), 0, err == nil)
			if err != nil || !change.Loses {
				continue
			}
			if len(found.Unread) == 0 && !reflect.DeepEqual(found, whole) {
				t.Errorf("%s: %s: taken for whole", name, change)
			}
			for id, state := range states {
				if state != scenarios.StatusSkipped && state != before[id] {
					t.Errorf("%s: %s: %s is %s, and was %s", name, change, id, state, before[id])
				}
			}
		}
		tried.Log(t)
	}
}

// Values that AWS never has make no audit that cannot be judged, written and read.
func TestTampered_AuditOfValuesInBadFaith(t *testing.T) {
	a, s := tamperedAudit(t)
	number, word := regexp.MustCompile(`>[0-9]+<`), regexp.MustCompile(`>[a-zA-Z]`)
	for what, every := range map[string]func([]byte) []byte{
		"numbers out of range": func(b []byte) []byte { return number.ReplaceAll(b, []byte(">99999999999999999999<")) },
		"large numbers":        func(b []byte) []byte { return number.ReplaceAll(b, []byte(">2147483647<")) },
		"negative numbers":     func(b []byte) []byte { return number.ReplaceAll(b, []byte(">-2147483648<")) },
		"control characters":   func(b []byte) []byte { return word.ReplaceAll(b, []byte(">\u009b31m\u202e::error::")) },
		"long words":           func(b []byte) []byte { return word.ReplaceAll(b, []byte(">"+strings.Repeat("x", 1<<16))) },
		"no words":             func(b []byte) []byte { return regexp.MustCompile(`>[^<]+<`).ReplaceAll(b, []byte("><")) },
		"no body":              func([]byte) []byte { return nil },
		"a page of a proxy":    func([]byte) []byte { return []byte("<html><body>Please sign in.</body></html>") },
	} {
		for _, name := range []string{networkName, classicName} {
			s.every = every
			found, states, err := a.ask(t, what, name)
			if err == nil && (what == "no body" || what == "a page of a proxy") {
				t.Errorf("%s: %+v, %v", what, found, states)
			}
		}
	}
}
