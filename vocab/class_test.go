package vocab

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// all are the classes that this version writes, no failure first.
func all() []Class {
	out := []Class{{}}
	for p := range Phase(len(phaseNames)) {
		for k := KindOther; k < numKinds; k++ {
			out = append(out, Class{Phase: p, Kind: k})
		}
	}
	return out
}

func TestClass_TextOfEveryPhaseAndKindIsReadBack(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range all() {
		text, err := c.MarshalText()
		if err != nil || seen[string(text)] {
			t.Fatalf("%v: %v, or its text is another's, too", c, err)
		}
		seen[string(text)] = true
		back := Class{Phase: PhaseClose, Kind: KindOther, text: "what was there"}
		if err := back.UnmarshalText(text); err != nil || back != c {
			t.Errorf("%q reads as %#v, %v", text, back, err)
		}
	}
}

func TestClass_InJSONNoFailureIsEmptyOrLeftOut(t *testing.T) {
	t.Parallel()
	type file struct {
		Always Class `json:"always"`
		Maybe  Class `json:"maybe,omitzero"`
	}
	for in, want := range map[file]string{
		{}: `{"always":""}`,
		{Class{Phase: PhaseOpen, Kind: KindTimeout}, Class{Phase: PhaseScenario, Kind: KindInvalid}}: `{"always":"open.timeout","maybe":"scenario.invalid"}`,
	} {
		got, err := json.Marshal(in)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
		var back file
		if err := json.Unmarshal(got, &back); err != nil || back != in {
			t.Errorf("%s reads as %v, %v", got, back, err)
		}
	}
	var f file
	if err := json.Unmarshal([]byte(`{"maybe":null}`), &f); err != nil || f != (file{}) {
		t.Errorf("null reads as %v, %v", f, err)
	}
	if err := json.Unmarshal([]byte(`{"maybe":7}`), &f); err == nil {
		t.Error("a number passed for a class")
	}
}

// What another version wrote is kept, and judged by as much of it as is known.
func TestClass_OfAnotherVersionSurvives(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		phase Phase
		kind  Kind
	}{
		"execute.quantum":  {PhaseExecute, KindOther},
		"warmup.timeout":   {phaseUnknown, KindTimeout},
		"warmup.quantum":   {phaseUnknown, KindOther},
		"open.":            {PhaseOpen, KindOther},
		".timeout":         {phaseUnknown, KindTimeout},
		"open":             {PhaseOpen, KindOther},
		"open.timeout.x":   {PhaseOpen, KindOther},
		"Open.Timeout":     {phaseUnknown, KindOther},
		"\u202ereset":      {phaseUnknown, KindOther},
		"open.\x1b[1meof":  {PhaseOpen, KindOther},
		"unknown.timeout":  {phaseUnknown, KindTimeout},
		"unknown.unknown":  {phaseUnknown, KindOther},
		"pages.everywhere": {PhasePages, KindOther},
	} {
		var c Class
		if err := c.UnmarshalText([]byte(text)); err != nil || c.String() != text {
			t.Errorf("%q reads as %q, %v", text, c, err)
		}
		if c.Phase != want.phase || c.Kind != want.kind || c.IsZero() {
			t.Errorf("%q: phase %s and kind %s, want %s and %s", text, c.Phase, c.Kind, want.phase, want.kind)
		}
		if slices.Contains(all(), c) {
			t.Errorf("%q is taken for a class of this version", text)
		}
	}
}

func TestClass_TextIsBounded(t *testing.T) {
	t.Parallel()
	was := Class{Phase: PhaseOpen, Kind: KindEOF}
	c := was
	err := c.UnmarshalText([]byte(strings.Repeat("x", maxText+1)))
	if err == nil || len(err.Error()) > 200 || strings.Contains(err.Error(), "\n") || c != was {
		t.Errorf("%v, %v", c, err)
	}
	if err := c.UnmarshalText([]byte(strings.Repeat("x", maxText))); err != nil {
		t.Error(err)
	}
}

func TestClass_OrderIsThatOfTexts(t *testing.T) {
	t.Parallel()
	classes := all()
	for _, a := range classes {
		for _, b := range classes {
			if got, want := a.Compare(b), cmp.Compare(a.String(), b.String()); got != want {
				t.Fatalf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestClass_Predicates(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		is   func(Class) bool
		want []Kind // of open; a login is rejected in sasl alone
	}{
		"zero":            {Class.IsZero, []Kind{KindNone}},
		"timeout":         {Class.IsTimeout, []Kind{KindTimeout}},
		"reset":           {Class.IsReset, []Kind{KindReset}},
		"eof":             {Class.IsEOF, []Kind{KindEOF}},
		"closed":          {Class.IsClosed, []Kind{KindRefused, KindReset, KindEOF}},
		"local":           {Class.IsLocal, []Kind{KindLocalFiles, KindLocalPorts}},
		"rejected":        {Class.IsRejected, nil},
		"admission":       {Class.IsAdmission, []Kind{KindAdmission}},
		"invalid session": {Class.IsInvalidSession, []Kind{KindInvalidSession}},
	} {
		var got []Kind
		for k := range numKinds {
			if tc.is(Class{Phase: PhaseOpen, Kind: k}) {
				got = append(got, k)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
	if !(Class{Phase: PhaseSASL, Kind: KindRejected}).IsRejected() {
		t.Error("a login that was refused is none")
	}
}

func FuzzClass(f *testing.F) {
	for _, text := range []string{"", "open.timeout", "scenario.invalid", "open.", "execute.quantum", "\u202ereset", strings.Repeat("x", maxText+1)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c, again Class
		if err := c.UnmarshalText(text); err != nil {
			if len(text) <= maxText || c != (Class{}) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		out, err := c.MarshalText()
		if err != nil || string(out) != string(text) {
			t.Fatalf("%q is written as %q, %v", text, out, err)
		}
		if err := again.UnmarshalText(out); err != nil || again != c || c.IsZero() != (len(text) == 0) {
			t.Fatalf("%q reads as %#v and then as %#v, %v", text, c, again, err)
		}
	})
}

func TestClass_IsFailedLogin(t *testing.T) {
	t.Parallel()
	failed := []Kind{
		KindRejected, KindNoCredentials, KindUnauthorized, KindNoTicket, KindTicketExpired, KindUnknownService, KindUnknownClient,
		KindKDCUnreachable, KindWrongRealm, KindNoEncryption,
	}
	for _, c := range all() {
		if got, want := c.IsFailedLogin(), c.Phase == PhaseSASL && slices.Contains(failed, c.Kind); got != want {
			t.Errorf("%s: %t", c, got)
		}
	}
}
