package balancerlog

import (
	"net/netip"
	"strings"
)

// NodeOf is the balancer's node that a file of a Classic load balancer's access log is of,
// by its name: ACCOUNT_elasticloadbalancing_REGION_NAME_ENDTIME_NODE_RANDOM.log. It is zero
// where the name is another. AWS's own example pads the numbers of the address with zeros.
func NodeOf(file string) netip.Addr {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".log")
	parts := strings.Split(base, "_")
	if len(parts) != 7 || parts[1] != "elasticloadbalancing" {
		return netip.Addr{}
	}
	a, _ := parseAddress([]byte(parts[5]))
	return a
}
