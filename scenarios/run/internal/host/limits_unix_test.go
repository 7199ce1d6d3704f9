//go:build unix

package host

import "testing"

func TestPortsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"32768\t60999\n": 28232, "5 5": 1, "": 0, "1": 0, "9 8": 0, "a b": 0, "1 2 3": 0,
	} {
		if got := portsIn(text); got != want {
			t.Errorf("%q: %d ports, want %d", text, got, want)
		}
	}
}

func TestMaxFiles_IsKnownOnUnix(t *testing.T) {
	t.Parallel()
	if MaxFiles() <= 0 {
		t.Error("the limit of open files is not known")
	}
}

func TestMeter_CountsWhatThisProcessUses(t *testing.T) {
	m := StartMeter()
	for n := 0; m.Cores() == 0; n++ { // until the system has counted some
		if n == 1<<30 {
			t.Fatal("no processor time was counted")
		}
	}
	if c := m.Cores(); c < 0 || c > 1024 {
		t.Errorf("%g cores", c)
	}
}
