//go:build !unix

package host

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
