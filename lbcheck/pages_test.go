package lbcheck

import "testing"

func TestPageAddress(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"coord-0":                 "coord-0:25001",
		"Coord-0.example.com:21":  "coord-0.example.com:25001",
		"http://coord-0:25000":    "coord-0:25001",
		"https://coord-0:25000/x": "coord-0:25001",
		"[2001:db8::3]:25000":     "[2001:db8::3]:25001",
		"[2001:db8::3]":           "[2001:db8::3]:25001",
		"2001:db8::3":             "[2001:db8::3]:25001",
	} {
		if got := pageAddress(name, 25001); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
