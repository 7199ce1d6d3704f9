package audit

import (
	"math"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Numbers are within what a result may have, whatever AWS says: one that could not be read
// again is of no use.

func port(n *int32) int { return min(count(n), math.MaxUint16) }

// portOf is a port as text; 0: it is none.
func portOf(s string) int {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}

func count(n *int32) int { return max(0, int(aws.ToInt32(n))) }

// maxSeconds is far beyond any time limit of AWS's.
const maxSeconds = 1e6

func seconds(n *int32) scenarios.Seconds { return min(scenarios.Seconds(count(n)), maxSeconds) }
