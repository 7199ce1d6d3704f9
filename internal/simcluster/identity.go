package simcluster

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// webPort is that of an impalad's web server (--webserver_port).
const webPort = 25000

// hostNames gives the n coordinators from number first on a host: a letter and
// a number, letters being zones where there are any and pairs otherwise:
// coord-a1, coord-a2, coord-b1. Clusters with zones side by side have letters
// of their own.
func hostNames(first, n int, r balancerPlan) []string {
	names := make([]string, n)
	count := make(map[int]int)
	for i := range names {
		letter := (first - 1 + i) / 2
		place := (first-1+i)%2 + 1
		if r.zones != nil {
			letter = first - 1 + r.zoneOf(i)
			count[letter]++
			place = count[letter]
		}
		names[i] = fmt.Sprintf("coord-%s%d", zoneLetter(letter), place)
	}
	return names
}

// zoneLetter is a for 0, b for 1, and after z comes aa, ba, ca.
func zoneLetter(i int) string {
	const letters = 26
	zone := string(rune('a' + i%letters))
	if i >= letters {
		zone += string(rune('a' + i/letters - 1))
	}
	return zone
}

// foreignHost is the name of a coordinator of another cluster that stands in
// for number i, from 0.
func foreignHost(i int) string { return fmt.Sprintf("coord-x%d", i+5) }

// processIDs gives n distinct process ids as a long-running Linux host has
// them, the same for the same seed.
func processIDs(n int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 0x9d5))
	taken := make(map[int32]bool)
	ids := make([]int32, 0, n)
	for len(ids) < n {
		id := 1200 + rng.Int32N(29000)
		if !taken[id] {
			taken[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// serverVersion is an impalad's description of itself on one line, as Ping
// gives it (GetVersionString with compact set, be/src/common/version.cc), for
// a version number such as 4.5.0.
func serverVersion(number string) string {
	if !strings.Contains(number, "-") {
		number += "-RELEASE"
	}
	build := sha1.Sum([]byte(number))
	return fmt.Sprintf("impalad version %s RELEASE (build %s)", number, hex.EncodeToString(build[:]))
}

// buildDate is the second line of version().
const buildDate = "Built on Thu Jan  1 00:00:00 UTC 2026"

// sharedHostname is what coordinator() says of all that have the fault same-hostname.
const sharedHostname = "impala"

// webAddress is a coordinator's identity: its host and its web server's port.
func webAddress(host string) string { return fmt.Sprintf("%s:%d", host, webPort) }
