package hs2client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// crowded is the variable that makes many clients of this test binary, which share a
// Memory; its value is a crowd as JSON.
const crowded = "HS2CLIENT_TEST_CROWDED"

// crowd is many sessions at once.
type crowd struct {
	Addr     string
	Protocol hs2client.Protocol
	Sessions int
	Limit    int // of the memory that they share, in bytes
}

// crowdSeen is what became of a crowd.
type crowdSeen struct {
	Classes map[string]int // of what failed
	Peak    int            // of the process's memory, in bytes
}

// crowdConfined runs a crowd and prints what became of it.
func crowdConfined(value string) {
	var c crowd
	if err := json.Unmarshal([]byte(value), &c); err != nil {
		fmt.Println(err)
		return
	}
	seen := crowdSeen{Classes: map[string]int{}}
	config := hs2client.Config{Addr: c.Addr, Protocol: c.Protocol, Timeout: time.Minute, Memory: hs2client.NewMemory(c.Limit)}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range c.Sessions {
		all.Go(func() {
			err := wholeSession(context.Background(), config)
			class := "none"
			if e, ok := errors.AsType[*hs2client.Error](err); ok {
				class = e.Class().String()
			}
			mu.Lock()
			defer mu.Unlock()
			seen.Classes[class]++
		})
	}
	all.Wait()
	peak, err := peakMemory()
	if err != nil {
		fmt.Println(err)
		return
	}
	seen.Peak = peak
	_ = json.NewEncoder(os.Stdout).Encode(seen)
}

// peakMemory is the most memory that this process had, in bytes. What getrusage calls so
// begins with that of the process which started this one.
func peakMemory() (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kb int
	_, err = fmt.Sscan(after, &kb)
	return kb << 10, err
}

// run runs a crowd in a process of its own.
func (c crowd) run(t *testing.T) crowdSeen {
	t.Helper()
	value, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), crowded+"="+string(value))
	out, err := cmd.Output()
	var seen crowdSeen
	if err != nil || json.Unmarshal(out, &seen) != nil {
		t.Fatalf("%v: %.300s", err, out)
	}
	return seen
}

// bound is the most memory that a process may have whose sessions share limit bytes.
func (c crowd) bound() int { return 4*c.Limit + 32<<20 }

func TestMemory_BoundsAllSessionsTogether(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes memory on its own account")
	}
	wide := func(c hs2.TColumn) bomb { return hs2Bomb(t, columnsOf(maxColumns-1, c)) }
	named := hs2Bomb(t, nil)
	long := strings.Repeat("x", 400<<10)
	named.replies["PingImpalaHS2Service"] = replyTo(t, "PingImpalaHS2Service", &hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceResult{
		Success: &hs2.TPingImpalaHS2ServiceResp{Status: success, Version: &long, WebserverAddress: &long},
	})
	for name, tc := range map[string]struct {
		bomb  bomb
		class string // of those that take too much
		alone string // of a session that nothing was taken from
	}{
		"HS2, 65535 columns of a row, endlessly": {wide(hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{""}}}), "fetch.oversize", ""},
		"HS2, columns without a row":             {wide(hs2.TColumn{BoolVal: &hs2.TBoolColumn{}}), "fetch.oversize", ""},
		"HS2, long values":                       {hs2Bomb(t, columnsOf(1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", 4<<20)}}})), "fetch.oversize", ""},
		"Beeswax, 65536 columns declared":        {wideRows(t), "fetch.oversize", "fetch.mismatch"},
		"Beeswax, rows of TABs":                  {beeswaxBomb(t, maxColumns, repeated(64, strings.Repeat("\t", maxColumns-1))), "fetch.oversize", ""},
		"long names in Ping's answers":           {named, "open.oversize", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			c := crowd{Addr: serve(t, tc.bomb.serve), Protocol: tc.bomb.config.Protocol, Sessions: 64, Limit: 16 << 20}
			seen := c.run(t)
			t.Logf("%v, %d MiB", seen.Classes, seen.Peak>>20)
			if seen.Classes[tc.class]+seen.Classes[tc.alone] != c.Sessions {
				t.Errorf("classes %v, want %s", seen.Classes, tc.class)
			}
			if seen.Peak > c.bound() {
				t.Errorf("%d MiB of memory at the peak, want at most %d", seen.Peak>>20, c.bound()>>20)
			}
		})
	}
}

func TestMemory_IsGivenBack(t *testing.T) {
	server := &coordinator{columns: columnsOf(1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", 300<<10)}}})}
	addr := serve(t, server.plain)
	memory := hs2client.NewMemory(512 << 10)
	for range 8 {
		c := hs2client.Config{Addr: addr, Timeout: soon, Memory: memory}
		s, err := hs2client.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := s.Query(t.Context(), "SELECT 1"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.QueryWithin(t.Context(), "SELECT 1", 1<<10); err == nil {
			t.Fatal("a result beyond its own limit was taken")
		}
		_ = s.Close(t.Context()) // the connection was given up
	}
}
