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

// stopTimeout is the time between SIGTERM and SIGKILL.
const stopTimeout = 8 * time.Second

// process is a running server, in its own process group.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string        // file with its stderr, and its stdout unless that is read
	ended chan struct{} // closed when it has ended
}

// processes are the running servers; close stops all of them.
type processes struct {
	dir    string // of the log files
	forks  chan func()
	mu     sync.Mutex
	all    []*process
	closed bool
}

// newProcesses returns processes that log to dir. They end even if this program is
// killed: Linux signals a child (Pdeathsig) when the thread that started it ends, so
// a single thread that never ends starts all of them.
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

// start starts a server. Its output goes to a log file, except stdout if out is not
// nil.
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
		cmd.Wait() // the error is in its log
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

// stop stops a server by SIGTERM and, after stopTimeout, by SIGKILL.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopTimeout):
	}
	// A process of its group may still run.
	syscall.Kill(group, syscall.SIGKILL)
	<-p.ended
}

// await polls until ready succeeds. It fails if the process ends, or after the
// limit.
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

// poll calls done at intervals until it returns true or an error, or until ctx ends.
func poll(ctx context.Context, interval time.Duration, done func() (bool, error)) error {
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if err := sleep(ctx, interval); err != nil {
			return err
		}
	}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// logTail returns the end of the process's log.
func (p *process) logTail() string {
	b, _ := os.ReadFile(p.log)
	return tail(b)
}

func tail(b []byte) string {
	const maxLength = 400
	return shorten(string(b[max(0, len(b)-maxLength):]))
}

// commandResult is the result of a command that has ended.
type commandResult struct {
	stdout, stderr []byte
	code           int // -1: ended by a signal
	peakMemory     int // in bytes
}

// runCommand runs a command until it ends or the limit is over. An exit code other
// than zero is not an error.
func runCommand(ctx context.Context, limit time.Duration, env []string, argv ...string) (commandResult, error) {
	return runCommandDuring(ctx, limit, env, nil, argv...)
}

// runCommandDuring is runCommand with a function that runs at the same time and gets
// the pid; nil: none. The command has ended when runCommandDuring returns.
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
	var duringErr error
	if during != nil {
		if duringErr = during(ctx, cmd.Process.Pid); duringErr != nil {
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
	case duringErr != nil:
		return a, fmt.Errorf("while %s ran: %w", filepath.Base(argv[0]), duringErr)
	case ctx.Err() != nil:
		return a, fmt.Errorf("%s took longer than %s or was stopped", filepath.Base(argv[0]), limit)
	case errors.As(err, &exit):
		return a, nil
	default:
		return a, err
	}
}

// runRequired runs a command that must exit with 0 and returns its stdout.
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
