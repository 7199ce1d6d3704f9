//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// interruptedRun is the process, while it goes on and when it has ended.
type interruptedRun struct {
	*testing.T
	interruptTry
	dir     string
	cluster *simcluster.Cluster
	cmd     *exec.Cmd
	stdout  bytes.Buffer
	stderr  bytes.Buffer
	began   time.Time // before it reads its arguments
	took    time.Duration
	readers sync.WaitGroup
}

// run interrupts a command, checks what it leaves, and says how it ended and how long it went on.
func (i interruptTry) run(t *testing.T) (how string, took time.Duration) {
	t.Helper()
	r := &interruptedRun{T: t, interruptTry: i, dir: t.TempDir(), cluster: cluster(t, withLDAP, "slow=10ms")}
	environ := startedAccount(t, r.dir)
	for name, text := range interruptFiles {
		write(t, filepath.Join(r.dir, name), r.filled(text))
	}
	write(t, filepath.Join(r.dir, "second.json"), anotherPass(t))
	r.cmd = exec.Command("impala-lbcheck-that-says-when", strings.Split(r.filled(strings.Join(slices.Concat(strings.Fields(i.command), i.args), "\x00")), "\x00")...)
	r.cmd.Env = append(os.Environ(), environ...)
	r.start()
	ended := make(chan struct{})
	dead := time.AfterFunc(hangs, func() { _ = r.cmd.Process.Signal(syscall.SIGABRT) }) // which shows what it does
	defer dead.Stop()
	go func() {
		defer close(ended)
		r.readers.Wait()
		_ = r.cmd.Wait()
		r.took = time.Since(r.began)
	}()
	r.disturb(ended)
	<-ended
	return r.check(), r.took
}

// filled is text with the names of this run.
func (r *interruptedRun) filled(text string) string {
	return strings.NewReplacer("ADDR", r.cluster.Nodes()[0].String(), "DIR", r.dir, "TESTDATA", "../../testdata/runs").Replace(text)
}

// start starts the process; where its stdout's reader leaves, it leaves at the moment of the
// disturbance.
func (r *interruptedRun) start() {
	r.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		r.Fatal(err)
	}
	begun, begins, err := os.Pipe()
	if err != nil {
		r.Fatal(err)
	}
	defer begun.Close()
	r.cmd.Stdout, r.cmd.Stderr, r.cmd.ExtraFiles = in, &r.stderr, []*os.File{begins}
	if err := r.cmd.Start(); err != nil {
		r.Fatal(err)
	}
	in.Close()
	begins.Close()
	_, _ = begun.Read(make([]byte, 1))
	r.began = time.Now()
	if r.leaves {
		time.AfterFunc(r.moment, func() { out.Close() })
	}
	r.readers.Go(func() {
		defer out.Close()
		lines := bufio.NewReader(out)
		for first := true; ; first = false {
			line, err := lines.ReadBytes('\n')
			r.stdout.Write(line)
			if err != nil {
				return
			}
			if first && r.scraped {
				r.readers.Go(func() { scrape(line) })
			}
		}
	})
}

// scrape asks an exporter for its target, at the address in its first line.
func scrape(line []byte) {
	var ready exporterLine
	if json.Unmarshal(line, &ready) != nil {
		return
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	if answer, err := client.Get("http://" + ready.Address + "/probe?target=lb"); err == nil {
		answer.Body.Close()
	}
}

// disturb interrupts the process at its moment. An endless one that goes on is told to end.
func (r *interruptedRun) disturb(ended <-chan struct{}) {
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ended:
		}
	}
	signal := func(sig syscall.Signal) { _ = r.cmd.Process.Signal(sig) } // it may have ended
	wait(r.moment)
	switch {
	case r.stops:
		signal(syscall.SIGTSTP)
		wait(r.second)
		signal(syscall.SIGCONT)
	default:
		for _, sig := range r.signals {
			signal(sig)
		}
	}
	if r.endless && len(r.signals) == 0 {
		wait(r.second)
		signal(syscall.SIGTERM)
	}
}

// check checks what is left, and says how it ended.
func (r *interruptedRun) check() string {
	r.Helper()
	said := r.stdout.String() + r.stderr.String()
	how, good := r.ending()
	if !good {
		r.Errorf("it ended with %v\n%s", r.cmd.ProcessState, said)
	}
	quit := slices.Contains(r.signals, syscall.SIGQUIT)
	if strings.Contains(said, "goroutine ") && !quit || strings.Contains(said, "internal error") {
		r.Errorf("it panicked\n%s", said)
	}
	if err := r.cluster.Close(); err != nil {
		r.Error(err)
	}
	if s := r.cluster.Stats(); s.SessionsOpened != s.SessionsClosed && !r.kills() && !r.hurries() {
		r.Errorf("%d sessions opened, %d closed\n%s", s.SessionsOpened, s.SessionsClosed, said)
	}
	r.checkFiles(said)
	r.checkProcesses()
	return how
}

// ending says how the process ended, and whether it may end so.
func (r *interruptedRun) ending() (how string, good bool) {
	state := r.cmd.ProcessState
	status, _ := state.Sys().(syscall.WaitStatus)
	code, signals := state.ExitCode(), r.signals
	if r.endless && len(signals) == 0 {
		signals = []syscall.Signal{syscall.SIGTERM}
	}
	switch {
	case status.Signaled() && r.kills():
		return "killed", true
	case slices.Contains(r.codes, code) || code == exitInconclusive && !r.prints:
		return "by its own code", true
	case len(signals) > 0 && slices.ContainsFunc(signals, func(s syscall.Signal) bool { return code == signalCode(s) }):
		return "by the signal's code", true
	}
	return "otherwise", false
}

// checkFiles checks that what it has written is whole and that nothing else is left, and that
// the password is shown nowhere.
func (r *interruptedRun) checkFiles(said string) {
	r.Helper()
	files, err := os.ReadDir(r.dir)
	if err != nil {
		r.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(r.dir, f.Name()))
		if err != nil {
			r.Error(err)
		}
		if f.Name() == "pw" {
			continue
		}
		if strings.Contains(string(b)+said, "s3cret") && f.Name() != "pid" {
			r.Errorf("the password is in %s or on a screen:\n%s", f.Name(), said)
		}
		r.checkFile(f.Name(), b)
	}
}

// checkFile checks one file.
func (r *interruptedRun) checkFile(name string, b []byte) {
	r.Helper()
	switch {
	case strings.HasPrefix(name, ".impala-lbcheck-"):
		if !r.kills() {
			r.Errorf("%s is left", name)
		}
	case name == "r.json" || name == "merged.json":
		result, err := readResult(r.Context(), filepath.Join(r.dir, name))
		if code := r.cmd.ProcessState.ExitCode(); err != nil || code >= 0 && result.Exit != code && !r.hurries() {
			r.Errorf("exit %d, the result %d: %v", code, result.Exit, err)
		}
	case name == "o.jsonl":
		for line := range bytes.Lines(b) {
			if !json.Valid(line) || !bytes.HasSuffix(line, []byte("\n")) {
				r.Errorf("a line of the observations is not whole: %q", line)
			}
		}
	case name == "ca.pem" || name == "client.pem":
		block, _ := pem.Decode(b)
		if block == nil {
			r.Fatalf("%s: no PEM", name)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			r.Error(err)
		}
	case strings.HasSuffix(name, ".html"):
		if !bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")) {
			r.Errorf("%s has no end", name)
		}
	}
}

// checkProcesses checks that no command of the user's is left.
func (r *interruptedRun) checkProcesses() {
	r.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, "pid"))
	pid, bad := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || bad != nil {
		return // none had begun
	}
	if r.kills() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		return
	}
	for end := time.Now().Add(hangs); running(pid); time.Sleep(time.Millisecond) { // a signal that was sent takes effect a little later
		if time.Now().After(end) {
			r.Errorf("process %d is left", pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
			return
		}
	}
}

// running reports whether a process is there and has not ended.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !os.IsNotExist(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	return len(fields) > 0 && fields[0] != "Z"
}
