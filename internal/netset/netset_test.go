package netset

import (
	"fmt"
	"net/netip"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNearlyAll(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		networks []string
		want     string
	}{
		"none":                             {nil, "[]"},
		"all":                              {[]string{"10.0.0.0/8", "0.0.0.0/0"}, "[0.0.0.0/0]"},
		"all of IPv6":                      {[]string{"10.0.0.0/8", "::/0"}, "[::/0]"},
		"halves":                           {[]string{"0.0.0.0/1", "128.0.0.0/1"}, "[0.0.0.0/1 128.0.0.0/1]"},
		"halves of IPv6":                   {[]string{"::/1", "8000::/1"}, "[::/1 8000::/1]"},
		"all but a few":                    {[]string{"0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"}, "[0.0.0.0/1 128.0.0.0/2 192.0.0.0/3]"},
		"a half":                           {[]string{"0.0.0.0/1"}, "[]"},
		"a half, twice":                    {[]string{"0.0.0.0/1", "0.0.0.0/1", "1.2.3.4/1"}, "[]"},
		"a half, and what lies in it":      {[]string{"0.0.0.0/1", "10.0.0.0/8"}, "[]"},
		"halves of two families":           {[]string{"0.0.0.0/1", "8000::/1"}, "[]"},
		"a half and a little":              {[]string{"0.0.0.0/1", "192.168.0.0/16"}, "[0.0.0.0/1 192.168.0.0/16]"},
		"private networks, of both kinds":  {[]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}, "[]"},
		"halves, each with host bits left": {[]string{"10.1.2.3/1", "200.1.2.3/1"}, "[0.0.0.0/1 128.0.0.0/1]"},
	} {
		var networks []netip.Prefix
		for _, n := range c.networks {
			networks = append(networks, netip.MustParsePrefix(n))
		}
		if got := fmt.Sprint(NearlyAll(networks)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := NearlyAll([]netip.Prefix{{}}); got != nil {
		t.Errorf("an invalid network: %v", got)
	}
}
