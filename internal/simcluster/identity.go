package simcluster

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
)

// webPort is the port of an impalad's web server (--webserver_port).
const webPort = 25000

// hostNames returns the host names of n coordinators, the first one having the
// given number: coord-a1, coord-a2, coord-b1... The letter is the zone, or stands
// for two coordinators if there are no zones. Clusters with zones and different
// first numbers have different letters.
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

// zoneLetter returns a for 0, b for 1; z is followed by aa, ba, ca.
func zoneLetter(i int) string {
	const letters = 26
	zone := string(rune('a' + i%letters))
	if i >= letters {
		zone += string(rune('a' + i/letters - 1))
	}
	return zone
}

// foreignHost returns the name that coordinator i, from 0, reports with the fault
// foreign.
func foreignHost(i int) string { return fmt.Sprintf("coord-x%d", i+5) }

// processIDs returns n distinct process IDs in the range of a long-running Linux
// host. They depend only on the seed.
func processIDs(n int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 0x9d5))
	used := make(map[int32]bool)
	ids := make([]int32, 0, n)
	for len(ids) < n {
		id := 1200 + rng.Int32N(29000)
		if !used[id] {
			used[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// serverVersion returns the one-line version string of an impalad, as in Ping
// (GetVersionString with compact set, be/src/common/version.cc), for a version
// number such as 4.5.0.
func serverVersion(number string) string {
	number = buildVersion(number)
	build := sha1.Sum([]byte(number))
	return fmt.Sprintf("impalad version %s RELEASE (build %s)", number, hex.EncodeToString(build[:]))
}

// buildDate is the second line of version().
const buildDate = "Built on Thu Jan  1 00:00:00 UTC 2026"

// sharedHostname is the result of coordinator() with the fault same-hostname.
const sharedHostname = "impala"

// webAddress returns a coordinator's name: its host and its web server's port.
func webAddress(host string) string { return fmt.Sprintf("%s:%d", host, webPort) }
