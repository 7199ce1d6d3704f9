package enum

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type light int

var lights = []string{"red", "green"}

func TestName(t *testing.T) {
	t.Parallel()
	for v, want := range map[light]string{-1: "?", 0: "red", 1: "green", 2: "?"} {
		if got := Name(lights, v, "?"); got != want {
			t.Errorf("Name(%d) = %q, want %q", v, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	var v light
	if err := Parse(lights, "light", []byte("green"), &v); err != nil || v != 1 {
		t.Errorf("Parse = %d, %v", v, err)
	}
	err := Parse(lights, "light", []byte("blue"), &v)
	if err == nil || err.Error() != `invalid light "blue": expected one of red, green` || v != 1 {
		t.Errorf("Parse = %d, %v", v, err)
	}
}
