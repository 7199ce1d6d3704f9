//go:build unix

package host

import (
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// MaxFiles is how many descriptors this process may have; 0 where it is not known.
func MaxFiles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return int(min(limit.Cur, math.MaxInt32))
}

// LocalPorts is how many ports one local address may take for connections that it
// opens; 0 where it is not known, as on systems other than Linux.
func LocalPorts() int {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0
	}
	return portsIn(string(text))
}

// portsIn counts a range such as "32768	60999".
func portsIn(text string) int {
	ends := strings.Fields(text)
	if len(ends) != 2 {
		return 0
	}
	low, err1 := strconv.Atoi(ends[0])
	high, err2 := strconv.Atoi(ends[1])
	if err1 != nil || err2 != nil || high < low {
		return 0
	}
	return high - low + 1
}
