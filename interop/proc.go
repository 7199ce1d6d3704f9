//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// stopTimeout is how long a process may take to end after SIGTERM.
const stopTimeout = 8 * time.Second

// process is a server that we started, in a process group of its own.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string        // file with what it wrote to stderr, and to stdout where nobody reads that
	ended chan struct{} // closed once it has ended
}

// processes are the servers that run; close stops them all.
type processes struct {
	dir    string // of the log files
	forks  chan func()
	mu     sync.Mutex
	all    []*process
	closed bool
}

// newProcesses returns processes that log to dir. Linux signals a child when
// the thread that started it ends, so one thread starts them all and stays: that way
// they end even where this program is killed.
func newProcesses(dir string) *processes {
	ps := &processes{dir: dir, forks: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for fork := range ps.forks {
			fork()
		}
	}()
	return ps
}

// start runs a server. Its output goes to a log file, but for stdout where out
// is not nil.
func (ps *processes) start(name string, cmd *exec.Cmd, out io.Writer) (*process, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.closed {
		return nil, errors.New("the run is ending")
	}
	p := &process{name: name, cmd: cmd, log: filepath.Join(ps.dir, name+".log"), ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if out != nil {
		cmd.Stdout = out
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	forked := make(chan error)
	ps.forks <- func() { forked <- cmd.Start() }
	if err := <-forked; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		defer close(p.ended)
		cmd.Wait() // how it ended is in its log; that it ended is what counts
	}()
	ps.all = append(ps.all, p)
	return p, nil
}

// close stops every server, the last one first.
func (ps *processes) close() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.closed = true
	for _, p := range slices.Backward(ps.all) {
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	}
	for _, p := range slices.Backward(ps.all) {
		p.stop()
	}
}

// stop ends a server: it has the grace to do so itself.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopTimeout):
	}
	// A process of its group may have outlived the leader.
	syscall.Kill(group, syscall.SIGKILL)
	<-p.ended
}

// await polls until ready succeeds, the process has ended, or ctx or the limit
// is over.
func (p *process) await(ctx context.Context, limit time.Duration, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended before it was ready: %s", p.name, p.logTail())
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready: %w", p.name, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// logTail returns the end of the log.
func (p *process) logTail() string {
	b, _ := os.ReadFile(p.log)
	return tail(b)
}

func tail(b []byte) string {
	const most = 400
	return shorten(string(b[max(0, len(b)-most):]))
}

// commandResult is what a command that ran to its end gave.
type commandResult struct {
	stdout, stderr []byte
	code           int // -1: a signal ended it
	peakMemory     int // bytes of memory that it had at the most
}

// runCommand runs a command to its end, at most so long. An exit code other than zero
// is no error: it is part of the answer.
func runCommand(ctx context.Context, limit time.Duration, env []string, argv ...string) (commandResult, error) {
	return runCommandDuring(ctx, limit, env, nil, argv...)
}

// runCommandDuring is ask, with something to do while the command runs, of which it is
// told the pid; nil: nothing. The command ends before attend returns, whatever
// becomes of that.
func runCommandDuring(ctx context.Context, limit time.Duration, env []string, during func(context.Context, int) error, argv ...string) (commandResult, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return commandResult{}, err
	}
	var done error
	if during != nil {
		if done = during(ctx, cmd.Process.Pid); done != nil {
			cancel()
		}
	}
	err := cmd.Wait()
	a := commandResult{stdout: stdout.Bytes(), stderr: stderr.Bytes(), code: cmd.ProcessState.ExitCode(), peakMemory: 0}
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		a.peakMemory = int(used.Maxrss) << 10
	}
	var exit *exec.ExitError
	switch {
	case done != nil:
		return a, fmt.Errorf("while %s ran: %w", filepath.Base(argv[0]), done)
	case ctx.Err() != nil:
		return a, fmt.Errorf("%s took longer than %s or was stopped", filepath.Base(argv[0]), limit)
	case errors.As(err, &exit):
		return a, nil
	default:
		return a, err
	}
}

// runRequired runs a command that has to succeed, and returns what it printed.
func runRequired(ctx context.Context, limit time.Duration, env []string, argv ...string) ([]byte, error) {
	a, err := runCommand(ctx, limit, env, argv...)
	if err != nil {
		return nil, err
	}
	if a.code != 0 {
		return nil, fmt.Errorf("%s: exit %d: %s", filepath.Base(argv[0]), a.code, tail(append(a.stdout, a.stderr...)))
	}
	return a.stdout, nil
}
