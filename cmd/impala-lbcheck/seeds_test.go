package main

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// defaultSeeds is the value of -seeds without make seeds.
const defaultSeeds = 2

// seedCount is how many seeds the row is tried with.
func (r faultRow) seedCount() int {
	switch {
	case r.slow:
		return max(1, *seeds*2/5)
	case r.manySeeds && *seeds > defaultSeeds:
		return *seeds * 4
	}
	return *seeds
}

// healthySeeds is how many seeds the row's healthy run is tried with: twice as many as a
// row, as a false alarm is the worst answer, but one without make seeds.
func (r faultRow) healthySeeds() int {
	switch {
	case *seeds <= defaultSeeds:
		return 1
	case r.slow:
		return *seeds
	}
	return *seeds * 2
}

// forSeeds runs a test with the seeds from 1 to n, in parallel. With more seeds than
// usual it prints a line: how many were tried, how many failed, and the first of them.
func forSeeds(t *testing.T, n int, test func(t *testing.T, seed int)) {
	t.Helper()
	var mu sync.Mutex
	var failed []int
	t.Cleanup(func() {
		if *seeds > defaultSeeds {
			slices.Sort(failed)
			printSeeds(t, n, failed)
		}
	})
	for seed := 1; seed <= n; seed++ {
		t.Run("seed "+strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				if t.Failed() {
					mu.Lock()
					failed = append(failed, seed)
					mu.Unlock()
				}
			})
			test(t, seed)
		})
	}
}

// printSeeds prints the line of a test that was tried with many seeds.
func printSeeds(t *testing.T, n int, failed []int) {
	t.Helper()
	_, row, _ := strings.Cut(t.Name(), "/")
	if len(failed) == 0 {
		fmt.Printf("seeds: %4d tried, none failed: %s\n", n, row)
		return
	}
	fmt.Printf("seeds: %4d tried, %d FAILED, the first of them seed %d: %s\n", n, len(failed), failed[0], row)
}

// withFreePort returns args with a port that is free now for --web-port, so that two
// runs of the tests do not meet. The port in docs/faults.md is an example.
func withFreePort(t *testing.T, args []string) []string {
	t.Helper()
	i := slices.Index(args, "--web-port")
	if i < 0 {
		return slices.Clone(args)
	}
	ln, err := net.Listen("tcp", "127.0.1.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	args = slices.Clone(args)
	args[i+1] = strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	return args
}
