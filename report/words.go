package report

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Texts from outside are cut to these lengths, in characters.
const (
	maxName    = 120
	maxMessage = 600
	maxLine    = 300
)

// name makes a server's, user's or certificate's name printable.
func name(s string) string { return Neutralize(s, maxName) }

// message makes a text of up to a few sentences printable.
func message(s string) string { return Neutralize(s, maxMessage) }

// address prints a node or a local address: its zone may be anything.
func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return "-"
	}
	return name(a.String())
}

// count is "1 node", "2 nodes".
func count[N ~int | ~int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// either is yes where is holds, and no where it does not.
func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// percent is a share with one digit: "21.4 %".
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*within(share, 0, 1)) }

// chance is a probability in whole percent that never claims certainty where
// there is none.
func chance(p float64) string {
	switch p = within(p, 0, 1); {
	case p > 0 && p < .005:
		return "<1 %"
	case p < 1 && p >= .995:
		return ">99 %"
	default:
		return fmt.Sprintf("%.0f %%", 100*p)
	}
}

// within is x, or the bound that it exceeds; what is no number is lo.
func within(x, lo, hi float64) float64 {
	if math.IsNaN(x) {
		return lo
	}
	return min(max(x, lo), hi)
}

// seconds is how long a run took: "12 ms", "11.8 s", "12 min 3 s", "10 min".
func seconds(s float64) string {
	switch s = within(s, 0, 1e9); {
	case s < 1:
		return fmt.Sprintf("%.0f ms", 1000*s)
	case s < 120:
		return fmt.Sprintf("%.1f s", s)
	case int(s)%60 == 0:
		return fmt.Sprintf("%d min", int(s)/60)
	default:
		return fmt.Sprintf("%d min %d s", int(s)/60, int(s)%60)
	}
}

// elapsed is a time that is told in seconds however long it is, as settings of
// balancers are: "55 s", "350.104 s".
func elapsed(s scenarios.Seconds) string {
	return strconv.FormatFloat(math.Round(1000*within(float64(s), 0, 1e9))/1000, 'f', -1, 64) + " s"
}

// joined lists names up to a few, then how many more there are.
func joined(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}
