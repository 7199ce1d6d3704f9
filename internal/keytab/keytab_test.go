package keytab_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func table() keytab.Table {
	at := time.Unix(1700000000, 0)
	return keytab.Table{
		{Realm: "EXAMPLE.COM", Name: []string{"impala", "lb.example.com"}, Time: at, KVNO: 2, EType: 18, Key: bytes.Repeat([]byte{1}, 32)},
		{Realm: "EXAMPLE.COM", Name: []string{"impala", "lb.example.com"}, Time: at, KVNO: 300, EType: 18, Key: bytes.Repeat([]byte{2}, 32)},
		{Realm: "EXAMPLE.COM", Name: []string{"alice"}, Time: at, KVNO: 1, EType: 17, Key: bytes.Repeat([]byte{3}, 16)},
	}
}

func TestTable_ReadsBack(t *testing.T) {
	t.Parallel()
	got, err := keytab.Parse(table().Marshal())
	if err != nil || !reflect.DeepEqual(got, table()) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTable_Find(t *testing.T) {
	t.Parallel()
	lb := []string{"impala", "lb.example.com"}
	for name, tc := range map[string]struct {
		name  []string
		realm string
		etype int32
		kvno  uint32
		want  uint32 // 0: none
	}{
		"newest":             {lb, "EXAMPLE.COM", 18, 0, 300},
		"by version":         {lb, "EXAMPLE.COM", 18, 2, 2},
		"unknown version":    {lb, "EXAMPLE.COM", 18, 3, 0},
		"other type":         {lb, "EXAMPLE.COM", 17, 0, 0},
		"other realm":        {lb, "EXAMPLE.ORG", 18, 0, 0},
		"other name":         {[]string{"impala"}, "EXAMPLE.COM", 18, 0, 0},
		"low byte of 258":    {lb, "EXAMPLE.COM", 18, 258, 2},
		"low byte of 300":    {lb, "EXAMPLE.COM", 18, 300 & 0xff, 0},
		"a user's only key":  {[]string{"alice"}, "EXAMPLE.COM", 17, 0, 1},
		"case is not folded": {[]string{"Alice"}, "EXAMPLE.COM", 17, 0, 0},
	} {
		e, ok := table().Find(tc.name, tc.realm, tc.etype, tc.kvno)
		if ok != (tc.want != 0) || e.KVNO != tc.want {
			t.Errorf("%s: %v %v, want version %d", name, e, ok, tc.want)
		}
	}
	if got := fmt.Sprint(table().Principals(), table().ETypes(lb, "EXAMPLE.COM")); got != "[impala/lb.example.com@EXAMPLE.COM alice@EXAMPLE.COM] [18]" {
		t.Error(got)
	}
}

// A hole is where an entry was deleted; an entry may end after the low byte of its
// version.
func TestParse_HolesAndShortEntries(t *testing.T) {
	t.Parallel()
	whole := table()[2:].Marshal()
	short := bytes.Clone(whole[:len(whole)-4])
	short[5] -= 4
	holed := append([]byte{5, 2, 0xff, 0xff, 0xff, 0xfd, 9, 9, 9}, short[2:]...)
	got, err := keytab.Parse(append(holed, 0, 0, 0, 0))
	if err != nil || len(got) != 1 || got[0].KVNO != 1 || len(got[0].Key) != 16 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestParse_Errors(t *testing.T) {
	t.Parallel()
	whole := table().Marshal()
	for name, data := range map[string][]byte{
		"nothing":            nil,
		"a credential cache": {5, 4, 0, 0},
		"text":               []byte("impala/lb.example.com"),
		"cut off":            whole[:len(whole)-5],
		"no component":       {5, 2, 0, 0, 0, 2, 0, 0},
		"smallest length":    {5, 2, 0x80, 0, 0, 0},
	} {
		if got, err := keytab.Parse(data); !errors.Is(err, keytab.ErrMalformed) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestEntry_KeyIsNotShown(t *testing.T) {
	t.Parallel()
	e := keytab.Entry{Realm: "R", Name: []string{"a"}, Key: []byte("s3cretkey")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		for _, v := range []any{e, &e, keytab.Table{e}} {
			if s := fmt.Sprintf(verb, v); strings.Contains(s, "s3cret") || strings.Contains(s, "733363") || strings.Contains(s, "115 51") {
				t.Errorf("%s: %s", verb, s)
			}
		}
	}
}

// FuzzParse reads arbitrary bytes: no panic, and what was read is written and read
// again as itself.
func FuzzParse(f *testing.F) {
	f.Add(table().Marshal())
	f.Add([]byte{5, 1, 4, 0, 0, 0, 1, 0, 0, 0})
	f.Add([]byte{5, 2, 0xff, 0xff, 0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := keytab.Parse(data)
		if err != nil {
			return
		}
		again, err := keytab.Parse(got.Marshal())
		if err != nil || len(again) != len(got) {
			t.Fatalf("%v is read back as %v, %v", got, again, err)
		}
	})
}
