package scenarios_test

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// keysOf lists the full names of all values of a struct: "load.rate",
// "load.stages[].rate".
func keysOf(t reflect.Type, path string) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		key, ft := path+name, f.Type
		switch {
		case ft.Kind() == reflect.Struct && !isText(ft):
			keys = append(keys, keysOf(ft, key+".")...)
			continue
		case ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Struct:
			keys = append(keys, keysOf(ft.Elem(), key+"[].")...)
		}
		keys = append(keys, key)
	}
	return keys
}

func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func TestSettings_AreTheFieldsOfScenario(t *testing.T) {
	t.Parallel()
	fields := keysOf(reflect.TypeFor[scenarios.Scenario](), "")
	entries := map[string]bool{"expect.coordinators": true}
	for _, st := range scenarios.Settings() {
		if !slices.Contains(fields, st.Key) && st.Key != "expect.coordinators" { // count and names as one
			t.Errorf("%s is no field", st.Key)
		}
		entries[st.Key] = true
	}
	for _, key := range fields {
		if !entries[key] {
			t.Errorf("the field %s has no setting", key)
		}
	}
}

func TestSettings_AreComplete(t *testing.T) {
	t.Parallel()
	names, form := map[string]bool{}, regexp.MustCompile(`^[a-z]+[0-9]?(-[a-z]+)*$`)
	for _, st := range scenarios.Settings() {
		if st.Help == "" || strings.HasSuffix(st.Help, ".") || !slices.Contains(scenarios.Groups(), st.Group) {
			t.Errorf("%s: help %q, group %q", st.Key, st.Help, st.Group)
		}
		if st.Default == "" && st.Unset == "" && st.Bounds.Zero == "" && st.Text(&scenarios.Scenario{}) == "" {
			t.Errorf("%s does not say what applies where it is not set", st.Key)
		}
		if st.Default != "" && (st.Unset != "" || st.Values != nil && !slices.Contains(st.Values, st.Default)) {
			t.Errorf("%s: the default %q contradicts %q or %q", st.Key, st.Default, st.Unset, st.Values)
		}
		if st.Name == "" {
			continue
		}
		if names[st.Name] || !form.MatchString(st.Name) {
			t.Errorf("%s: the name %q is taken or not of the form", st.Key, st.Name)
		}
		if (st.Arg == "") != st.Switch() {
			t.Errorf("%s: argument %q of a %s", st.Key, st.Arg, st.Type())
		}
		names[st.Name] = true
	}
}

func TestSettings_DefaultsAreDefault(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	for _, st := range scenarios.Settings() {
		if st.Default != "" && st.Text(&s) != st.Default {
			t.Errorf("%s = %q, want %q", st.Key, st.Text(&s), st.Default)
		}
	}
	if s.Load.Burst != s.Load.Concurrency {
		t.Errorf("burst %d, concurrency %d", s.Load.Burst, s.Load.Concurrency)
	}
}

// Text that Set reads is checked as strictly as a file and as a value that a
// program sets.
func TestSettings_BoundsHoldForEveryCaller(t *testing.T) {
	t.Parallel()
	for _, st := range scenarios.Settings() {
		if st.Values != nil && st.Name != "" {
			testRefused(t, st, "nonsense", `"nonsense" is not one of `+strings.Join(st.Values, ", "))
		}
	}
	for name, cases := range map[string][2][]string{ // within bounds, out of bounds
		"burst":            {{"0", "1", "100000"}, {"-1", "100001", "many"}},
		"concurrency":      {{"1", "100000"}, {"0", "-1", "100001"}},
		"alpha":            {{"0.001", "0.999"}, {"0", "1", "-0.1", "NaN", "x"}},
		"tolerance":        {{"0.5", "100"}, {"0", "100.5", "Inf"}},
		"slowest":          {{"0", "1.5", "1000"}, {"1", "-3", "1001"}},
		"timeout":          {{"1ns", "1h"}, {"0s", "5", "-5s"}},
		"expect-nodes":     {{"0", "1", "1000"}, {"-1", "1001"}},
		"expect-days-left": {{"0", "10000"}, {"-1", "10001"}},
		"expect-weights":   {{"4:2:1", "1,2"}, {"1:0", "1:x", "1", "1:1000001"}},
		"web-port":         {{"0", "25000", "65535"}, {"65536", "-1"}},
		"idle-steps":       {{"55s", "55s, 65s"}, {"55", "0s", "1s,,2s"}},
		"rate":             {{"0", "10/s", "30/m"}, {"-1", "fast", "10000000"}},
		"sessions":         {{"auto", "40"}, {"0", "-1", "many"}},
		"http-header":      {{"X-A: 1"}, {}},
		"http-connection":  {{"session", "call"}, {"request"}},
		"kerberos-qop":     {{"auth", "auth-int", "auth-conf"}, {"privacy"}},
		"tls":              {{"true", "false", "1"}, {"yes"}},
		"seed":             {{"0", "18446744073709551615"}, {"-1", "x"}},
		"query-option":     {{"A=1", "A="}, {"A", "=1"}},
		"threshold":        {{"session.open: p(99) < 2s", "session{node=[::1]:2}: count > 1"}, {"session.open", ": p(99) < 2s", "session:"}},
		"expect-coordinators": {{"1", "10000", "coord1", "a, b", "five:25000", "one,two"},
			{"0", "10001", "a,", "five", "One"}},
	} {
		st := setting(t, name)
		for _, text := range cases[0] {
			if err := st.Set(new(scenarios.Scenario), text); err != nil {
				t.Errorf("%s %q: %v", name, text, err)
			}
		}
		for _, text := range cases[1] {
			testRefused(t, st, text, "")
		}
	}
	s := runnable()
	s.Expect.Balance.Tolerance = math.Inf(1)
	want := "expect.balance.tolerance: must be more than 0 and at most 100; the default is 0.5"
	if err := s.Validate(); err == nil || err.Error() != want {
		t.Errorf("a program's value: got %v, want %s", err, want)
	}
}

func setting(t *testing.T, name string) scenarios.Setting {
	t.Helper()
	for _, st := range scenarios.Settings() {
		if st.Name == name {
			return st
		}
	}
	t.Fatalf("no setting %s", name)
	return scenarios.Setting{}
}

func testRefused(t *testing.T, st scenarios.Setting, text, want string) {
	t.Helper()
	var invalid *scenarios.InvalidError
	if err := st.Set(new(scenarios.Scenario), text); !errors.As(err, &invalid) || invalid.Key != st.Key || !strings.Contains(invalid.Msg, want) {
		t.Errorf("%s %q: got %v, want an error about %s: %s", st.Name, text, err, st.Key, want)
	}
}

func TestSetting_SetAddsToLists(t *testing.T) {
	t.Parallel()
	var s scenarios.Scenario
	for _, text := range []string{"O=Amazon", "C=US"} {
		if err := setting(t, "expect-issuer").Set(&s, text); err != nil {
			t.Fatal(err)
		}
	}
	if got := setting(t, "expect-issuer").Text(&s); got != "O=Amazon,C=US" {
		t.Errorf("issuer = %s", got)
	}
	setting(t, "expect-issuer").Clear(&s)
	if len(s.Expect.TLS.Issuer) != 0 {
		t.Errorf("issuer = %q after Clear", s.Expect.TLS.Issuer)
	}
}

func TestSetting_OfKinds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]scenarios.Kind{
		"timeout": scenarios.Kinds(),
		"hold":    {scenarios.KindCapacity},
		"sql":     {scenarios.KindQuery},
		"burst":   {scenarios.KindLooks},
		"query":   {scenarios.KindLooks, scenarios.KindStages},
	} {
		for _, k := range scenarios.Kinds() {
			if got := setting(t, name).Of(k); got != slices.Contains(want, k) {
				t.Errorf("%s of %s: %t", name, k, got)
			}
		}
	}
}

func TestDerive_FollowsWhatNothingSet(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"load: {concurrency: 4}":                             "burst 4, event after 0s",
		"load: {concurrency: 4, burst: 0}":                   "burst 0, event after 0s",
		"load: {burst: 7}":                                   "burst 7, event after 0s",
		"kind: watch\nwatch: {for: 5m}":                      "burst 16, event after 10s",
		"kind: watch\nwatch: {for: 8s}":                      "burst 16, event after 2s",
		"kind: watch\nwatch: {for: 8s, event_after: 7s}":     "burst 16, event after 7s",
		"kind: watch\nwatch: {for: 8s, event_after: 0s}":     "burst 16, event after 2s",
		"kind: watch\nwatch: {for: 5m}\nload: {burst: 1}":    "burst 1, event after 10s",
		"kind: looks\nload: {\"concurrency\": 3, rate: 1/s}": "burst 3, event after 0s",
	} {
		s := mustParse(t, src)
		if got := fmt.Sprintf("burst %d, event after %s", s.Load.Burst, s.Watch.EventAfter); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestBuiltinHelp_IsOfEveryScenario(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.BuiltinNames() {
		text, examples := scenarios.BuiltinHelp(name)
		if len(text) < 40 || !strings.HasPrefix(examples, "  impala-lbcheck "+name+" ") {
			t.Errorf("%s: help %q, examples %q", name, text, examples)
		}
	}
	if text, examples := scenarios.BuiltinHelp("nowhere"); text != "" || examples != "" {
		t.Errorf("help %q, examples %q", text, examples)
	}
}
