package jsonstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var roomy = Limits{Objects: 10, Each: 100, Total: 1000}

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":                  {" \r\n\t", nil},
		"one a line":               {"{\"a\":1}\n{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}},
		"one behind the other":     {`{}{"a":{}}`, []string{`{}`, `{"a":{}}`}},
		"indented":                 {"{\n  \"a\": [\n    {}\n  ]\n}\n\n{}", []string{"{\n  \"a\": [\n    {}\n  ]\n}", "{}"}},
		"braces within strings":    {`{"}":"{\"}\\"} {"{":1}`, []string{`{"}":"{\"}\\"}`, `{"{":1}`}},
		"an end without a newline": {`{"a":1}`, []string{`{"a":1}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Split(iotest.OneByteReader(strings.NewReader(c.in)), roomy)
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, o := range got {
				texts = append(texts, string(o))
			}
			if strings.Join(texts, "|") != strings.Join(c.want, "|") || len(texts) != len(c.want) {
				t.Errorf("Split(%q) = %q, want %q", c.in, texts, c.want)
			}
		})
	}
}

// Lines of a log stand between objects, and objects begin on lines of their own.
func TestSplit_LeavesLinesOut(t *testing.T) {
	t.Parallel()
	var left []string
	limits := roomy
	limits.Other = func(begins string) { left = append(left, begins) }
	got, err := Split(iotest.OneByteReader(strings.NewReader("I0102 began {\n{\"a\":1}\n  panic: }\n{\n}\n"+strings.Repeat("x", 1000))), limits)
	if err != nil || len(got) != 2 || string(got[0]) != `{"a":1}` {
		t.Errorf("%q, %v", got, err)
	}
	if len(left) != 3 || left[0] != "I0102 began {" || left[1] != "panic: }" || left[2] != strings.Repeat("x", maxBegins) {
		t.Errorf("left out: %q", left)
	}
	if _, err := Split(strings.NewReader("{} and more\n"), limits); err == nil {
		t.Error("what stands behind an object on its line is left out")
	}
	broken := errors.New("broken pipe")
	if _, err := Split(io.MultiReader(strings.NewReader("INFO"), iotest.ErrReader(broken)), limits); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// Objects of somebody else stand between those that are looked for, more of them than
// there may be of these.
func TestSplit_LeavesOthersObjectsOut(t *testing.T) {
	t.Parallel()
	var left []string
	limits := roomy
	limits.Other = func(begins string) { left = append(left, begins) }
	limits.Mine = func(object []byte) bool { return bytes.Contains(object, []byte("mine")) }
	long := `{"msg":"` + strings.Repeat("x", 88) + `"}`
	in := strings.Repeat(long+"\n", 20) + "{\"mine\":1}\n{\n  \"a\": 1\n}\n{} and more\n{}{\"mine\":2}"
	got, err := Split(iotest.OneByteReader(strings.NewReader(in)), limits)
	if err != nil || len(got) != 2 || string(got[0]) != `{"mine":1}` || string(got[1]) != `{"mine":2}` {
		t.Errorf("%q, %v", got, err)
	}
	if want := []string{"{", "{}", "and more", "{}"}; len(left) != 24 || left[0] != long[:maxBegins] || !slices.Equal(left[20:], want) {
		t.Errorf("left out: %q", left)
	}
	limits.Other = nil
	if got, err := Split(strings.NewReader("{}\n{\"mine\":1}"), limits); err != nil || len(got) != 1 {
		t.Errorf("unnoticed: %q, %v", got, err)
	}
}

// An object that has no end, as of a program that was killed while it printed, is no part
// of those behind it, wherever it was cut.
func TestSplit_LeavesUnfinishedOut(t *testing.T) {
	t.Parallel()
	const one, two = "{\n  \"a\": {\n    \"b\": \"\\\"{ }\"\n  }\n}", "{\n  \"c\": [\n    {}\n  ]\n}"
	limits := roomy
	for cut := 1; cut < len(one); cut++ {
		for name, c := range map[string]struct {
			behind            string
			whole, unfinished int
		}{
			"the last":       {"", 1, 1},
			"before others":  {"\n" + two + "\n" + two, 3, 1},
			"two in a row":   {"\n" + one[:cut] + "\n" + two, 2, 2},
			"first and last": {"\n" + two + "\n" + one[:cut], 2, 2},
		} {
			var begun []int
			limits.Unfinished = func(line int) { begun = append(begun, line) }
			got, err := Split(iotest.OneByteReader(strings.NewReader(two+"\n"+one[:cut]+c.behind)), limits)
			if err != nil {
				t.Fatalf("%s: cut at %d: %v", name, cut, err)
			}
			if len(got) != c.whole || len(begun) != c.unfinished || begun[0] != 6 {
				t.Errorf("%s: cut at %d: %d objects, and unfinished ones on lines %d", name, cut, len(got), begun)
			}
			for _, o := range got {
				if string(o) != two {
					t.Errorf("%s: cut at %d: %q", name, cut, o)
				}
			}
		}
	}
}

func TestSplit_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"words of a log":  {"{}\nINFO {}", `object 2: line 2 begins with 'I' where an object begins with {`},
		"a list":          {"[{}]", `object 1: line 1 begins with '['`},
		"no end":          {"{}\n\n{\"a\": {}", "object 2: it begins on line 3 and has no end"},
		"an endless text": {`{"a": "` + strings.Repeat("x", 200), "object 1: it begins on line 1 and has more than 100 bytes"},
		"too many":        {strings.Repeat("{}", 11), "more than 10 objects"},
		"too much":        {strings.Repeat(`{"a":"`+strings.Repeat("x", 91)+`"}`, 11), "more than 1000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Split(strings.NewReader(c.in), roomy); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("fails with %v, want %q", err, c.want)
			}
		})
	}
	_, err := Split(strings.NewReader("{}\n\n2026-01-02 {}"), roomy)
	if e, ok := errors.AsType[*NoObjectError](err); !ok || e.Line != 3 || e.Begins != '2' {
		t.Errorf("a line of a log: %v", err)
	}
	broken := errors.New("broken pipe")
	if _, err := Split(io.MultiReader(strings.NewReader("{}{"), iotest.ErrReader(broken)), roomy); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// However objects are laid out, they are what encoding/json finds. Whatever stands before an
// object in the first column, it is found where unfinished ones are left out.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"{}", "{\"a\":\"}\"}{}", "{\n}\n{\"\\\"\":{}}", "x", "{", `{"a":"\`} {
		f.Add([]byte(seed))
	}
	limits := Limits{Objects: 100, Each: 1 << 16, Total: 1 << 20}
	leaving := limits
	leaving.Unfinished, leaving.Other = func(int) {}, func(string) {}
	f.Fuzz(func(t *testing.T, in []byte) {
		const last = `{"last":{}}`
		if found, err := Split(io.MultiReader(bytes.NewReader(in), strings.NewReader("\n"+last)), leaving); err == nil && (len(found) == 0 || string(found[len(found)-1]) != last) {
			t.Fatalf("behind %q: %q", in, found)
		}
		got, err := Split(bytes.NewReader(in), limits)
		d := json.NewDecoder(bytes.NewReader(in))
		for i := 0; ; i++ {
			var want json.RawMessage
			if d.Decode(&want) != nil || len(want) == 0 || want[0] != '{' {
				return // from here on it is no stream of objects
			}
			if err == nil && (i >= len(got) || !bytes.Equal(got[i], want)) {
				t.Fatalf("object %d of %q is %q", i, in, want)
			}
		}
	})
}
