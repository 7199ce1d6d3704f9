package httpserve

import (
	"errors"
	"testing"
)

func TestListen_OnlyOnLoopbackUnlessAsked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0"} {
		if l, err := Listen(t.Context(), address, false); !errors.Is(err, ErrPublic) {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
	for address, public := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "127.9.9.9:0": false, "0.0.0.0:0": true} {
		l, err := Listen(t.Context(), address, public)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		l.Close()
	}
	if _, err := Listen(t.Context(), "9841", true); err == nil {
		t.Error("a port alone was taken")
	}
}
