//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// endless is a command of the user's that does not end, not even when it is told to.
const endless = "trap '' TERM; while :; do sleep 1; done"

// A command of the user's that never ends is ended.
func TestNoHang_UserCommands(t *testing.T) {
	t.Parallel()
	for _, b := range []blocked{
		{path: "--password-command", command: "smoke", args: slices.Concat(login[1:], []string{"--password-command", endless}), limit: scenarios.SecretCommandTime, why: "as help says"},
		{path: "--token-command", command: "smoke", args: []string{"127.0.0.1:1", "--protocol", "hs2-http", "--auth", "jwt", "--allow-cleartext-auth", "--token-command", endless}, limit: scenarios.SecretCommandTime, why: "as help says"},
	} {
		t.Run(b.path, func(t *testing.T) {
			t.Parallel()
			if !b.waits() {
				b = b.told()
			}
			b.wait(t)
		})
	}
}

// A name server that never answers, for every command that resolves a name.
func TestNoHang_Names(t *testing.T) {
	t.Parallel()
	for _, c := range sessionCommands {
		limit := 2 * patience() // of a process, which takes a while to begin
		b := blocked{path: "DNS", command: c.command, limit: limit, why: "--timeout"}
		if c.command == "run" || !measured() && c.command != "smoke" {
			continue // which has a file before the host, and resolves as smoke does
		}
		t.Run(c.command, func(t *testing.T) {
			t.Parallel()
			addr, _ := serveNames(t, -1)
			b.args = slices.Concat([]string{"balancer.example.com.:21050", "--timeout", limit.String()}, c.flags)
			b.waitApart(t, "impala-lbcheck-with-name-server", []string{nameServer + "=" + addr})
		})
	}
}

// Pages of a coordinator that are never sent.
func TestNoHang_Pages(t *testing.T) {
	t.Parallel()
	withPages := []string{"smoke", "spread", "capacity"} // which have --web-port
	if !measured() {
		withPages = withPages[:1] // as they all read pages alike, and it takes 15 s
	}
	_, port, err := net.SplitHostPort(peertest.Serve(t, mute))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range sessionCommands {
		if !slices.Contains(withPages, c.command) {
			continue
		}
		b := blocked{path: "a coordinator's pages", command: c.command, limit: 15 * time.Second, why: "5 s for all pages, before, during and after the sessions", exits: []int{exitFail, exitInconclusive}}
		t.Run(c.command, func(t *testing.T) {
			t.Parallel()
			b.args = slices.Concat([]string{cluster(t, simcluster.Config{}).Nodes()[0].String(), "--web-port", port, "--expect-coordinators", "127.0.0.1"}, c.flags)
			b.wait(t)
		})
	}
}

// begun is a command that is told to end once it has said something.
type begun struct {
	blocked
	says string                          // on a line of stderr or stdout
	then func(t *testing.T, rest string) // what is done before, with the rest of that line
}

// wait starts the command, and tells it to end.
func (s begun) wait(t *testing.T) {
	t.Helper()
	out, in := io.Pipe()
	signals, ended := make(chan os.Signal, 1), make(chan int, 1)
	go func() {
		code := mainCode(s.words(), env{out: in, err: in, signals: signals})
		in.Close()
		ended <- code
	}()
	lines := bufio.NewScanner(out)
	rest, found := "", false
	for !found && lines.Scan() {
		_, rest, found = strings.Cut(lines.Text(), s.says)
	}
	if !found {
		t.Fatalf("exit %d, and no line has %s", <-ended, s.says)
	}
	go io.Copy(io.Discard, out)
	if s.then != nil {
		s.then(t, rest)
	}
	s.end(t, func() int { signals <- syscall.SIGTERM; return <-ended }, func() string { return "" })
}

// A command of a watch is waited for: what it does to a coordinator is not to be left half-way.
func TestNoHang_OnEvent(t *testing.T) {
	t.Parallel()
	addr := cluster(t, simcluster.Config{}).Nodes()[0].String()
	begun{says: "the command is started", blocked: blocked{
		path: "--on-event", command: "watch", args: []string{addr, "--watch-for", "1s", "--long", "1", "--on-event", endless},
		limit: 2 * time.Second, why: "after a signal: a second to end, then SIGKILL", exits: []int{exitSIGTERM},
	}}.wait(t)
}

// Clients that never ask, never end their request, or never read the answer keep no command
// from ending.
func TestNoHang_Clients(t *testing.T) {
	t.Parallel()
	const atEnd = "2 s for answers that are being sent"
	dir := t.TempDir()
	addr := cluster(t, simcluster.Config{}, "slow=5ms").Nodes()[0].String()
	config := filepath.Join(dir, "exporter.yaml")
	write(t, config, fmt.Sprintf("targets:\n  lb:\n    scenario: smoke\n    endpoints: [%q]\n", addr))
	run := []string{addr, "--sessions", "100000", "--burst", "0"}
	for _, s := range []begun{
		{blocked{path: "a client of --serve", command: "smoke", args: append(run, "--serve", "127.0.0.1:0"), exits: []int{exitSIGTERM}}, "serve: http://", pester},
		{blocked{path: "a client of --metrics-listen", command: "smoke", args: append(run, "--metrics-listen", "127.0.0.1:0"), exits: []int{exitSIGTERM}}, "metrics: http://", pester},
		{blocked{path: "a client of the exporter", command: "exporter", args: []string{"--config", config, "--listen", "127.0.0.1:0"}, exits: []int{exitPass}}, `{"address":"`, pester},
		{blocked{path: "a client of the simulated cluster", command: "sim", args: []string{"--web-port", "0"}, exits: []int{exitPass}}, `{"listener":"hs2","address":"`, pester},
	} {
		s.limit, s.why = 2*time.Second, atEnd
		t.Run(s.path, func(t *testing.T) {
			t.Parallel()
			s.wait(t)
		})
	}
}

// pester has clients connect to the address that rest begins with, which stay until the test ends.
func pester(t *testing.T, rest string) {
	t.Helper()
	address := rest[:strings.IndexAny(rest+`"`, `/"`)]
	for _, said := range []string{"", "GET /metrics HTT", "GET / HTTP/1.1\r\nHost: " + address + "\r\n\r\n"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, said); err != nil {
			t.Fatal(err)
		}
	}
}

// A reader of stdout, or of stderr, who never reads keeps no command from ending that was told
// to. Without a signal it is waited for, as every program waits for a pager.
func TestNoHang_Readers(t *testing.T) {
	t.Parallel()
	run := []string{"ADDR", "--sessions", "100000", "--burst", "0"}
	for _, r := range []struct {
		command string
		args    []string
		stderr  bool
	}{
		{command: "smoke", args: run, stderr: true},
		{command: "smoke", args: append(run, "--quiet")},
		{command: "report", args: []string{"../../testdata/runs/pass.json"}},
		{command: "version"},
		{command: "sim"},
		{command: "demo", args: []string{"--quiet"}},
	} {
		if !measured() && r.command != "smoke" {
			continue // there is no telling when it waits for the reader
		}
		of := map[bool]string{false: "stdout", true: "stderr"}[r.stderr]
		t.Run(r.command+", "+of, func(t *testing.T) {
			t.Parallel()
			c := cluster(t, simcluster.Config{}, "slow=20ms")
			args := strings.ReplaceAll(strings.Join(r.args, " "), "ADDR", c.Nodes()[0].String())
			cmd := exec.Command("impala-lbcheck", append(strings.Fields(r.command), strings.Fields(args)...)...)
			cmd.Stdout = fullPipe(t)
			if r.stderr {
				cmd.Stdout, cmd.Stderr = nil, cmd.Stdout
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if r.command == "smoke" {
				for c.Stats().SessionsOpened == 0 { // it has begun
					time.Sleep(time.Millisecond)
				}
			} else {
				time.Sleep(2 * time.Second)
			}
			b := blocked{path: "a reader of " + of, command: r.command, limit: stalled, why: "after a signal", exits: []int{exitSIGTERM}}
			b.end(t, func() int {
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Error(err)
				}
				return codeOf(cmd.Wait())
			}, func() string { return "" })
		})
	}
}

// fullPipe is the end for writing of a pipe that is full, and which nobody reads.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	if err := w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = w.Write(make([]byte, 4<<10))
	}
	if err := w.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return w
}
