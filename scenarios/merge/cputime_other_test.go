//go:build !unix

package merge_test

import (
	"testing"
	"time"
)

var begun = time.Now()

// cpuTime is the time that passes, where the system does not say how long it worked.
func cpuTime(*testing.T) time.Duration { return time.Since(begun) }
