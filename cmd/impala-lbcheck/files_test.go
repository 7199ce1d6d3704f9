//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// login is what a smoke needs beside a password that is never sent: nothing listens there.
var login = []string{"smoke", "127.0.0.1:1", "--auth", "ldap", "--user", "u", "--allow-cleartext-auth", "--quiet", "--timeout", "1s"}

func TestReadFile_IsBounded(t *testing.T) {
	t.Parallel()
	const zero = "/dev/zero"
	if _, err := os.Stat(zero); err != nil {
		t.Skip("this system has no " + zero)
	}
	for name, args := range map[string][]string{
		"a scenario":         {"run", zero, "127.0.0.1:1"},
		"a scenario's check": {"scenarios", "check", zero},
		"a result":           {"report", zero},
		"roots":              {"smoke", "127.0.0.1:1", "--tls", "--ca-cert", zero},
		"a password":         append(slices.Clip(login), "--password-file", zero),
		"an lb.yaml":         {"provision", "plan", "-f", zero},
		"a built one":        {"smoke", "--from-provision", zero},
		"a simulated user":   {"sim", "--auth", "ldap", "--password-file", zero},
		"a command's words":  append(slices.Clip(login), "--password-command", "cat "+zero+" | head -c 100000000"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, stderr, code := call(t, args...)
			if code != exitUsage || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, " bytes") {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
}

// A pipe to which nobody writes, or a command that does not end, keeps nobody
// from leaving.
func TestReadFile_EndsAtASignal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"a scenario":       {"run", "FIFO", "127.0.0.1:1"},
		"a result":         {"report", "FIFO"},
		"roots":            {"smoke", "127.0.0.1:1", "--tls", "--ca-cert", "FIFO"},
		"a password":       append(slices.Clip(login), "--password-file", "FIFO"),
		"an lb.yaml":       {"provision", "plan", "-f", "FIFO"},
		"a simulated user": {"sim", "--auth", "ldap", "--password-file", "FIFO"},
		"observations":     {"smoke", "127.0.0.1:1", "--observations", "FIFO"},
		"a command":        append(slices.Clip(login), "--password-command", "sleep 1000"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fifo := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			release := mkfifo(t, fifo)
			args := strings.Split(strings.ReplaceAll(strings.Join(args, "\x00"), "FIFO", fifo), "\x00")
			signals := make(chan os.Signal, 1)
			signals <- syscall.SIGTERM
			var stdout, stderr bytes.Buffer
			code := mainCode(args, env{out: &stdout, err: &stderr, signals: signals})
			if code != exitSIGTERM || !strings.Contains(stderr.String(), "interrupted by terminated") {
				t.Errorf("exit %d: %s%s", code, stdout.String(), stderr.String())
			}
			switch name {
			case "a command":
			case "observations":
				if _, err := os.ReadFile(fifo); err != nil {
					t.Error(err)
				}
			default:
				release()
			}
		})
	}
}

func TestPasswordCommand_MayLeaveABackgroundProcess(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}})
	pid := filepath.Join(t.TempDir(), "pid")
	stdout, stderr, code := call(t, "smoke", c.Nodes()[0].String(), "--auth", "ldap", "--user", "u", "--allow-cleartext-auth",
		"--sessions", "40", "--burst", "2", "--quiet", "--timeout", "20s",
		"--password-command", "sleep 1000 & echo $! >"+pid+"; echo good")
	if code != exitPass {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	b, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Errorf("what it left in the background is gone: %v", err)
	}
}

// mkfifo makes a pipe to which nobody writes; release lets its reader go.
func mkfifo(t *testing.T, name string) (release func()) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}

// What is no file is written to as it is: nothing is made beside it.
func TestCanWrite_ToAPipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if err := new(unfinished).canWrite("/dev/fd/" + strconv.Itoa(int(w.Fd()))); err != nil {
		t.Error(err)
	}
}

// A pipe that nobody reads, and a directory that is gone, are said to be so, and nothing is
// written.
func TestReplace_SaysWhyNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	mkfifo(t, pipe)
	over := errors.New("nobody waits for a reader any more")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(over)
	for name, want := range map[string]error{pipe: over, filepath.Join(dir, "gone", "r.json"): fs.ErrNotExist} {
		err := new(unfinished).replace(ctx, name, forAll, func(io.Writer) error {
			t.Errorf("%s is written to", name)
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
