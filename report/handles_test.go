package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestLoginText(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]scenarios.Auth{
		"no login":                      {User: "u"},
		"no login for bob":              {Mechanism: scenarios.MechanismNone, Delegate: "bob"},
		"LDAP as u for bob":             {Mechanism: scenarios.MechanismLDAP, User: "u", Delegate: "bob"},
		"Kerberos":                      {Mechanism: scenarios.MechanismKerberos},
		"Kerberos as alice@EXAMPLE.COM": {Mechanism: scenarios.MechanismKerberos, Principal: "alice@EXAMPLE.COM"},
		"JWT":                           {Mechanism: scenarios.MechanismJWT},
		"SOMETHING of another version":  {Mechanism: "something"},
	} {
		if got := loginText(a); got != strings.TrimSuffix(want, " of another version") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWriteHandles(t *testing.T) {
	t.Parallel()
	r := scenarios.Result{Measured: scenarios.Measured{Handles: []scenarios.HandleTally{
		{Opened: "coord-1:25000", Answered: "coord-1:25000", Reached: 3},
		{Opened: "coord-1:25000", OtherNode: true, Foreign: 7, Class: vocab.Class{Phase: vocab.PhaseExecute, Kind: vocab.KindForeignHandle}, Example: "Invalid session id"},
	}}}
	var b bytes.Buffer
	if err := writeText(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"coord-1:25000 coord-1:25000 the same 3 0 0 -",
		"coord-1:25000 (unidentified) another 0 7 0 execute.foreign-handle",
		"execute.foreign-handle: Invalid session id",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
