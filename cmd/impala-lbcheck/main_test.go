package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){
		"impala-lbcheck": checkedMain, "impala-lbcheck-with-name-server": withNameServer, "impala-lbcheck-that-says-when": thatSaysWhen,
	})
}

// thatSaysWhen is main, which closes its fourth file once signals are no longer the runtime's.
func thatSaysWhen() {
	e := system()
	_ = os.NewFile(3, "begun").Close()
	os.Exit(mainCode(os.Args[1:], e))
}

// leakChecked runs the tests and fails where one of them left a goroutine.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	flag.Parse()
	atOnce := testsAtOnce
	if measured() {
		atOnce = *waitsAtOnce
	}
	if err := flag.Set("test.parallel", strconv.Itoa(atOnce)); err != nil {
		panic(err)
	}
	debug.SetGCPercent(gcPercent)
	code := l.m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		println(err.Error())
		return 1
	}
	return code
}

// call runs a command line in this process, in an environment without terminal,
// environment and signals, and reads what it wrote.
func call(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = mainCode(args, env{out: &out, err: &errs})
	if err := checkWritten(args, code); err != nil {
		t.Error(err)
	}
	return out.String(), errs.String(), code
}

// A server that speaks unasked on a connection of pages has no line on stderr.
func TestMain_ShowsNothingThatLibrariesLog(t *testing.T) {
	t.Parallel()
	pages, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := pages.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKwhat nobody asked for")
			defer conn.Close() // when all is over: until then the connection may be used again
		}
	}()
	c := cluster(t, simcluster.Config{})
	_, port, _ := net.SplitHostPort(pages.Addr().String())
	cmd := exec.Command("impala-lbcheck", "smoke", c.Nodes()[0].String(), "--quiet", "--sessions", "40", "--expect-coordinators", "127.0.0.1", "--web-port", port)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = cmd.Run()
	_ = pages.Close()
	<-ended
	if stderr.Len() > 0 {
		t.Errorf("%v: %s", err, stderr.String())
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", testdata) // of stored runs
			return nil
		},
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitCode},
	})
}

// exitCode is "exitcode N command args...": the command must exit with N.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", args[1], got, want)
	}
}
