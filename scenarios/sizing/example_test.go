package sizing_test

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

func ExampleCoordinators() {
	even, chance := sizing.Coordinators(400, 64, scenarios.PolicyLeastConn), sizing.Coordinators(400, 64, scenarios.PolicyFlowHash)
	fmt.Printf("evenly: %d coordinators, %d to lose one\n", even.Coordinators, even.OneDown)
	fmt.Printf("by chance: %d, %d to lose one; or %d with %d threads\n", chance.Coordinators, chance.OneDown, chance.Coordinators, chance.Threads)
	fmt.Printf("%d hold %+v\n", 10, sizing.Ceilings(scenarios.PolicyFlowHash, 10, 64))
	// Output:
	// evenly: 7 coordinators, 8 to lose one
	// by chance: 10, 11 to lose one; or 10 with 69 threads
	// 10 hold {Nominal:640 NominalOneDown:576 Safe:404 SafeOneDown:366}
}
