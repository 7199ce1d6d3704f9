package netset_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/netset"
)

// FuzzNearlyAll: what is called all is of one family, masked and without doubles, is from
// the given networks, and holds most of the addresses however they are written.
func FuzzNearlyAll(f *testing.F) {
	for _, s := range []string{"0.0.0.0/0", "0.0.0.0/1 128.0.0.0/2", "::/0 10.0.0.0/8", "10.0.0.0/8 10.1.0.0/16", "::ffff:0.0.0.0/96", "0.0.0.0/0 0.0.0.0/0", "8000::/1 ::/2", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var networks []netip.Prefix
		for word := range strings.FieldsSeq(text) {
			if n, err := netip.ParsePrefix(word); err == nil && len(networks) < 100 {
				networks = append(networks, n)
			}
		}
		all := netset.NearlyAll(networks)
		for i, n := range all {
			if n != n.Masked() || n.Addr().BitLen() != all[0].Addr().BitLen() {
				t.Errorf("%v of %v", all, networks)
			}
			for _, o := range all[:i] {
				if o.Overlaps(n) {
					t.Errorf("%v and %v overlap, of %v", o, n, networks)
				}
			}
		}
		for _, n := range networks {
			if n.Bits() == 0 && n.Addr().BitLen() == 32 && len(all) == 0 {
				t.Errorf("%v is not all", networks)
			}
		}
	})
}
