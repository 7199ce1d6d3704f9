package bounds

import (
	"errors"
	"fmt"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type house struct {
	Inner
	Rooms  []room         `json:"rooms"`
	Keys   map[string]int `json:"keys"`
	Cellar *room          `json:"cellar,omitempty"`
	Hidden int            `json:"-"`
	secret int            //nolint:unused // that it is not visited is the test
}

type Inner struct {
	Age int `json:"age"`
}

type room struct {
	Doors int     `json:"doors"`
	Note  comment `json:"note"`
}

type comment struct {
	N int `json:"n"`
}

func TestCheck(t *testing.T) {
	t.Parallel()
	negative := func(v any) (bool, error) {
		if n, ok := v.(int); ok && n < 0 {
			return true, fmt.Errorf("invalid count %d", n)
		}
		_, skip := v.(comment)
		return !skip, nil
	}
	for want, h := range map[string]house{
		"":                                 {Hidden: -1, secret: -1, Rooms: []room{{Note: comment{-1}}}},
		"age: invalid count -1":            {Inner: Inner{-1}},
		"rooms[1].doors: invalid count -2": {Rooms: []room{{}, {Doors: -2}}},
		`keys["front"]: invalid count -3`:  {Keys: map[string]int{"front": -3}},
		"cellar.doors: invalid count -4":   {Cellar: &room{Doors: -4}},
	} {
		got := ""
		if err := Check(h, negative); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Check = %q, want %q", got, want)
		}
	}
	if err := Check(-1, negative); err == nil || errors.Unwrap(err) != nil {
		t.Errorf("Check of one number = %v", err)
	}
}
