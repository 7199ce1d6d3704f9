package report_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// activeCommand finds what CI systems obey in a log: GitHub's ::name:: at the
// start of a line, after blanks, and ##[name], Azure's ##vso[name] and TeamCity's
// ##teamcity[name] anywhere in it.
var activeCommand = regexp.MustCompile(`(?im)(^|\r)[\s\p{Z}\x{85}]*::|##[a-z]*\[`)

// commandsOfCI are texts that a server could send.
var commandsOfCI = []string{
	"::error::x", " \t::add-mask::x", "::group::x", "::stop-commands::t", "\u00a0::error::x", "\u2003 ::error::x",
	"##[error]x", "a ##[group]", "##vso[task.setvariable variable=a]b", "x##VSO[task.complete]", "###[error]",
	"##teamcity[buildStatus status='SUCCESS']", "####vso##[x", "\r\n::error::x", "\n##[error]", ":::::", "##\u200b[", "\x1b[1m::error::",
}

func TestNeutralize_BreaksCICommands(t *testing.T) {
	t.Parallel()
	for _, s := range commandsOfCI {
		if got := report.Neutralize(s, 0); activeCommand.MatchString(got) {
			t.Errorf("Neutralize(%q) = %q, which a CI system obeys", s, got)
		}
	}
}

func TestWrite_BreaksCICommands(t *testing.T) {
	t.Parallel()
	for _, hostile := range commandsOfCI {
		for _, long := range []string{"", strings.Repeat("x", 60), strings.Repeat("x ", 41)} {
			checkFormats(t, long+hostile)
		}
	}
}

func FuzzWrite_BreaksCICommands(f *testing.F) {
	for _, s := range commandsOfCI {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFormats(t, s) })
}

// checkFormats renders a result in which every text is hostile.
func checkFormats(t *testing.T, hostile string) {
	t.Helper()
	r := hostileResult(hostile)
	for _, f := range report.Formats() {
		got := string(render(t, f, r, report.Style{Explain: true, Width: 60}))
		if at := activeCommand.FindStringIndex(got); at != nil {
			t.Errorf("%s of texts %q holds %q", f, hostile, got[at[0]:min(len(got), at[1]+20)])
		}
	}
	var again scenarios.Result
	if err := json.Unmarshal(render(t, report.FormatJSON, r, report.Style{}), &again); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(string([]rune(hostile)), "\ufffd"); again.Notes[0] != want {
		t.Errorf("JSON holds %q for %q", again.Notes[0], want)
	}
}

// hostileResult is a stored run with s in place of every text of its own.
func hostileResult(s string) scenarios.Result {
	r := scenarios.Result{
		Schema: scenarios.Schema, Started: time.Unix(0, 0), Seconds: 1,
		Measured: scenarios.Measured{
			Sessions: scenarios.Sessions{Attempted: 2, OK: 1, Failed: 1}, Stopped: &scenarios.Stop{},
			TLS:     make([]scenarios.Cert, 1),
			Queries: make([]scenarios.QueryTally, 1), Watch: &scenarios.WatchSeen{Coords: make([]scenarios.Appearance, 1)},
			Pages: make([]scenarios.Page, 1), Nodes: []scenarios.NodeTally{{Coordinators: map[string]int{s: 1}}},
			Looks: []scenarios.Look{{}},
		},
		Coords: make([]scenarios.CoordTally, 2), Notes: make([]string, 1),
		Failures: make([]scenarios.Failure, 1), Errors: make([]scenarios.ErrorGroup, 1),
		Findings: []scenarios.Finding{{Status: scenarios.StatusFail}, {Status: scenarios.StatusPass}, {Status: scenarios.StatusSkipped}, {}},
	}
	r.TLS[0].SANs, r.TLS[0].Node = make([]string, 1), r.Nodes[0].Address
	fill(reflect.ValueOf(&r), s)
	r.Schema = scenarios.Schema
	return r
}

// fill puts s in place of every plain text below v.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.String:
		v.SetString(s)
	}
}

func TestEscapeJSON_KeepsTheValue(t *testing.T) {
	t.Parallel()
	for _, s := range append(commandsOfCI, "\u009b31m\u202ea\U000e0041\x7f", "plain \"quoted\" \\ text", "名前\u2028") {
		b, err := json.Marshal(map[string]string{s: s})
		if err != nil {
			t.Fatal(err)
		}
		got := report.EscapeJSON(b)
		var back map[string]string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if diff := cmp.Diff(map[string]string{s: s}, back); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		steers := func(r rune) bool { return !unicode.IsPrint(r) && !unicode.Is(unicode.Z, r) }
		if activeCommand.Match(got) || bytes.ContainsFunc(got, steers) {
			t.Errorf("EscapeJSON(%q) = %s", b, got)
		}
	}
}

func TestSafeWriter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"lines stay":                       {"a\tb\n\nc", "a\tb\n\nc"},
		"our own colours stay":             {"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"},
		"another escape is shown":          {"\x1b[2Jx\x1b]0;t\a", `\x1b[2Jx\x1b]0;t\x07`},
		"what JSON may hold stays JSON":    {"{\"a\":\"\u009b\u202e\U000e0041\x7f\"}", `{"a":"\u009b\u202e\udb40\udc41\u007f"}`},
		"a carriage return starts no line": {"a\r::error::", `a\x0d::error::`},
		"a command at the start of a line": {"a\n  ::error::b", "a\n  :\\:error::b"},
		"a command anywhere":               {"a ##vso[b", `a ##vso\[b`},
		"bytes that are no UTF-8":          {"a\xffb", `a\xffb`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, cut := &bytes.Buffer{}, &bytes.Buffer{}
			if n, err := report.NewSafeWriter(whole).Write([]byte(c.in)); n != len(c.in) || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
			if got := whole.String(); got != c.want {
				t.Errorf("written %q, want %q", got, c.want)
			}
			if strings.Contains(c.in, "\x1b") {
				return // a colour comes in one piece
			}
			w := report.NewSafeWriter(cut)
			for i := range len(c.in) {
				if _, err := w.Write([]byte(c.in[i : i+1])); err != nil {
					t.Fatal(err)
				}
			}
			if got := cut.String(); got != c.want {
				t.Errorf("written byte by byte %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzSafeWriter(f *testing.F) {
	for _, s := range commandsOfCI {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, at int) {
		var b bytes.Buffer
		w := report.NewSafeWriter(&b)
		at = max(0, min(at, len(s)))
		for _, part := range []string{s[:at], s[at:], "\n"} {
			if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatalf("Write = %d, %v", n, err)
			}
		}
		if got := b.String(); activeCommand.MatchString(got) {
			t.Errorf("%q is written as %q", s, got)
		}
	})
}
