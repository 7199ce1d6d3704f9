package dn

import "testing"

// FuzzParse reads arbitrary text as a distinguished name: attributes that are written so
// that they are read again as they were, or an error.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"CN=a,O=b", "/C=US/O=Amazon/CN=x", `CN=a\,b,O="c,d"`, `O=\41\zz`, "#0c0161", "CN=#0c0161", "cn = a + o = b", "=", "CN=", `CN=\`, "1.2.3=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := Parse(text)
		if err != nil {
			if len(err.Error()) > 1000+8*len(text) {
				t.Errorf("an error of %d bytes for %d", len(err.Error()), len(text))
			}
			return
		}
		if len(name) == 0 {
			t.Fatalf("%q has no attribute", text)
		}
		for _, a := range name {
			again, err := Parse(a.String())
			if err != nil || len(again) != 1 || again[0] != a {
				t.Errorf("%q has %q, which is read again as %q (%v)", text, a, again, err)
			}
		}
	})
}
