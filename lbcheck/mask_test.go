package lbcheck

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

func TestOptions_Masked_Error(t *testing.T) {
	t.Parallel()
	const password = `pass"word\` + "`"
	opt := Options{Password: password}
	open := opt.masked(func(context.Context, run.Node, *scenarios.Observation) (run.Session, error) {
		return nil, fmt.Errorf("login: %w", errors.New("not you, "+password+", "+strconv.Quote(password)))
	}, "u", nil)
	_, err := open(t.Context(), run.Node{}, &scenarios.Observation{})
	if want := "login: not you, ***, \"***\""; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A name is shown in lower case, whoever states it.
func TestOptions_Masked_NameInLowerCase(t *testing.T) {
	t.Parallel()
	const password = `Pass"Word`
	opt := Options{Password: password}
	for name, want := range map[string]string{
		hs2client.NormalizeCoordinator("http://" + password + ":25000"): "***:25000",
		hs2client.NormalizeCoordinator(strconv.Quote(password)):         `"***"`,
		"coordinator": "coordinator",
		"pass-word":   "pass-word",
	} {
		open := opt.masked(func(_ context.Context, _ run.Node, o *scenarios.Observation) (run.Session, error) {
			o.Who.Coordinator = name
			return nil, nil
		}, "u", nil)
		var o scenarios.Observation
		if _, err := open(t.Context(), run.Node{}, &o); err != nil || o.Who.Coordinator != want {
			t.Errorf("%q is shown as %q (%v), want %q", name, o.Who.Coordinator, err, want)
		}
	}
}

func TestOptions_String_HidesThePassword(t *testing.T) {
	t.Parallel()
	opt := Options{Password: "hunter2"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, opt); strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

// Over HTTP the password is sent in base64, and may come back so.
func TestOptions_Masked_PasswordInBase64(t *testing.T) {
	t.Parallel()
	const sent = "dTpodW50ZXIy" // u:hunter2
	open := Options{Password: "hunter2"}.masked(func(_ context.Context, _ run.Node, o *scenarios.Observation) (run.Session, error) {
		o.Who.Coordinator, o.Who.Version = hs2client.NormalizeCoordinator(sent), "Basic "+sent
		return nil, errors.New("not you, " + sent)
	}, "u", nil)
	var o scenarios.Observation
	_, err := open(t.Context(), run.Node{}, &o)
	if o.Who.Coordinator != "***" || o.Who.Version != "Basic ***" || err == nil || err.Error() != "not you, ***" {
		t.Errorf("name %q, version %q, error %v", o.Who.Coordinator, o.Who.Version, err)
	}
}
