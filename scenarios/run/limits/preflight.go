package limits

import (
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/host"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// ownFiles are the descriptors that the process itself takes: its streams,
// its poller, the files that it writes, lookups of names.
const ownFiles = 32

// timeWait is how long Linux keeps the port of a connection that this side
// closed (TCP_TIMEWAIT_LEN in include/net/tcp.h). For another connection to the
// same place it cannot be used again before that, except over loopback
// (tcp_tw_reuse is 2 by default, Documentation/networking/ip-sysctl.rst).
const timeWait = time.Minute

// Preflight says what the scenario takes of this machine over a number of nodes, and
// what there is: "descriptors", and "ports" for connections from one local
// address to one node. Nothing is sent. Sessions of closed stages that follow each other
// are left out, as their number is not known.
func Preflight(s scenarios.Scenario, nodes int) []scenarios.Resource {
	demand := DemandOf(s)
	return []scenarios.Resource{
		{Name: "descriptors", Need: demand.Open + ownFiles, Have: host.MaxFiles()},
		{Name: "ports", Need: portsPerPair(s, demand, max(1, nodes)), Have: host.LocalPorts()},
	}
}

// portsPerPair is how many ports one local address needs towards one node.
func portsPerPair(s scenarios.Scenario, demand Demand, nodes int) int {
	busy := demand.Open
	if !Loopback(s) {
		busy += int(float64(demand.Rate) * min(demand.Lasts, timeWait).Seconds())
	}
	pairs := nodes * max(1, len(s.Load.LocalAddresses))
	return (busy + pairs - 1) / pairs
}

// maxOwnLook is the longest first look that is planned unless the number is given: at
// 10 new sessions a second it takes three hours.
const maxOwnLook = 100_000

// CheckLook returns a [*scenarios.InvalidError] where the balance rule would take more
// sessions for a first look over a number of nodes than anybody means by "auto".
func CheckLook(s scenarios.Scenario, nodes int) error {
	if s.Load.Sessions > 0 || s.Load.PerCoordinator > 0 {
		return nil
	}
	look := budget.Plan(s, nodes).Look
	if kindOf(s).demand != nil || look <= maxOwnLook {
		return nil
	}
	return &scenarios.InvalidError{
		Key: "expect.balance.weights",
		Msg: fmt.Sprintf("to meet the coordinator with the smallest weight, a look takes %d sessions", look),
		Fix: []vocab.Fix{{Setting: "load.sessions", Value: "N"}},
	}
}

// CheckPreflight returns an error that names all of which there is too little,
// with need and have; nil where there is enough, or it is not known.
func CheckPreflight(s scenarios.Scenario, nodes int) error {
	var short []string
	for _, r := range Preflight(s, nodes) {
		if r.Short() {
			short = append(short, fmt.Sprintf("it needs %d %s and has %d (%s)", r.Need, r.Name, r.Have, remedy[r.Name]))
		}
	}
	if len(short) == 0 {
		return nil
	}
	return fmt.Errorf("this machine cannot carry the load: %s", strings.Join(short, ", and "))
}

// remedy is where more of a resource comes from.
var remedy = map[string]string{
	"descriptors": "raise it with ulimit -n",
	"ports":       "widen net.ipv4.ip_local_port_range, or give more load.local_addresses",
}
