package hs2client_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// confined is the variable that makes a client of this test binary, in little
// address space; its value is where to dial.
const confined = "HS2CLIENT_TEST_CONFINED"

// maxAddresses is what the runtime reserves and then some: far from the product of
// columns and rows.
const maxAddresses = 4 << 30

// queryConfined prints the class of a query's failure.
func queryConfined(addr string) {
	limit := syscall.Rlimit{Cur: maxAddresses, Max: maxAddresses}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		fmt.Println(err)
		return
	}
	s, err := hs2client.Open(context.Background(), hs2client.Config{Addr: addr, Protocol: hs2client.ProtocolBeeswax, Timeout: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = s.Query(context.Background(), "SELECT 1")
	if e, ok := errors.AsType[*hs2client.Error](err); ok {
		fmt.Println(e.Class())
	}
	_ = s.Close(context.Background())
}

func TestQuery_SurvivesInLittleAddressSpace(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector reserves more addresses than that")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), confined+"="+serve(t, wideRows(t).serve))
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "fetch.mismatch" {
		t.Errorf("%v: %.300s", err, out)
	}
}
