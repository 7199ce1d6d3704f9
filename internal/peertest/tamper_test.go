package peertest

import (
	"io"
	"net"
	"testing"
)

func TestChange_IsTheSameInParts(t *testing.T) {
	t.Parallel()
	const said = "0123456789"
	seen := map[string]bool{}
	for _, c := range Changes(len(said), 1000, 1000) {
		whole, more := c.Apply([]byte(said), 0)
		var parts []byte
		going := true
		for i := 0; i < len(said) && going; i += 3 {
			var out []byte
			out, going = c.Apply([]byte(said[i:min(i+3, len(said))]), i)
			parts = append(parts, out...)
		}
		if string(whole) != string(parts) || more != going {
			t.Errorf("%s: %q as a whole, %q in parts", c, whole, parts)
		}
		if string(whole) == said || c.Cuts && more {
			t.Errorf("%s: %q", c, whole)
		}
		seen[string(whole)] = true
	}
	if n := len(Changes(len(said), 1000, 1000)); n != len(said)*len(ways) || len(seen) < 100 {
		t.Errorf("%d changes, %d of them different", n, len(seen))
	}
	if n := len(Changes(1000, 50, 50)); n != 50 {
		t.Errorf("%d changes, want 50", n)
	}
}

func TestTamper_ChangesWhatIsSaid(t *testing.T) {
	t.Parallel()
	p := Tamper(t, Serve(t, func(c net.Conn) { _, _ = io.WriteString(c, "hello") }))
	for want, change := range map[string]Change{"hello": {}, "he": withWay("cut", 2), "h\xe5llo": withWay("bit 7 flipped", 1)} {
		p.Next(change)
		c, err := net.Dial("tcp", p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(c); string(b) != want || err != nil {
			t.Errorf("%s: %q, %v", change, b, err)
		}
		c.Close()
		if p.Said() != len("hello") {
			t.Errorf("%d bytes said", p.Said())
		}
		if cut := withWay("cut", len("hello")); p.Met(change).Cuts != change.Cuts || p.Met(cut).Cuts {
			t.Errorf("%s was met as %v, and a cut behind the end as %v", change, p.Met(change), p.Met(cut))
		}
	}
}

// withWay is a way at a place.
func withWay(name string, at int) Change {
	for _, w := range ways {
		if w.Name == name {
			w.At = at
			return w
		}
	}
	panic(name)
}
