//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// roomProofs give our command less room than it wants, on a disk and in threads.
func roomProofs(l *lab) []proof {
	return []proof{{name: "load.disk", run: l.proveDisk}, {name: "load.threads", run: l.proveThreadLimit}}
}

// proveDisk writes to a file system of 64 KiB, which is full in the middle of the observations
// and of the reports, and then is read-only.
func (l *lab) proveDisk(ctx context.Context) (evidence, error) {
	const name = "load.disk"
	dir := l.file("run", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return evidence{}, err
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=64k"); err != nil {
		return evidence{}, fmt.Errorf("mount a file system of 64 KiB: %w", err)
	}
	defer func() { _ = syscall.Unmount(dir, 0) }()
	lines, result := filepath.Join(dir, "o.jsonl"), filepath.Join(dir, "r.json")
	args := []string{"demo", "--quiet", "--sessions", "400", "--observations", lines, "--out", result}
	full, err := l.runTool(ctx, toolRun{name: name, args: args})
	if err != nil {
		return evidence{}, err
	}
	n, err := wholeLines(lines)
	if err != nil {
		return evidence{}, err
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return evidence{}, err
	}
	for _, file := range []string{lines, result} {
		if words := file + ": no space left on device"; !strings.Contains(string(full.stderr), words) {
			return evidence{}, fmt.Errorf("nothing says %q: %s", words, tail(full.stderr))
		}
	}
	if full.code != 70 || !bytes.Contains(full.stdout, []byte("\nPASS: ")) || len(left) != 1 {
		return evidence{}, fmt.Errorf("exit %d, want 70; %d files are left, want the observations alone: %s", full.code, len(left), tail(full.stdout))
	}
	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return evidence{}, fmt.Errorf("make it read-only: %w", err)
	}
	refused, err := l.runTool(ctx, toolRun{name: name + ".read-only", args: args})
	if err != nil {
		return evidence{}, err
	}
	if refused.code != 2 || !strings.Contains(string(refused.stderr), "read-only file system") || len(refused.stdout) > 0 {
		return evidence{}, fmt.Errorf("read-only: exit %d, want 2: %s", refused.code, tail(refused.stderr))
	}
	return evidence{numbers: fmt.Sprintf("full after %d whole lines of observations: exit 70, the report on stdout, no file left half; read-only: exit 2, nothing sent", n)}, nil
}

// wholeLines counts the lines of a file of JSON, each of which must be whole.
func wholeLines(name string) (n int, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(b) {
		if !json.Valid(line) || !bytes.HasSuffix(line, []byte("\n")) {
			return n, fmt.Errorf("line %d is not whole: %.80q", n+1, line)
		}
		n++
	}
	return n, nil
}

// proveThreadLimit runs our command as a user who may have twelve threads, which are enough,
// and one, with which Go's runtime ends before anything is sent.
func (l *lab) proveThreadLimit(ctx context.Context) (evidence, error) {
	const enough = 12
	as := func(threads int) []string {
		return []string{"setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "prlimit", fmt.Sprintf("--nproc=%d", threads)}
	}
	tool, err := l.tool()
	if err != nil {
		return evidence{}, err
	}
	dir, err := os.MkdirTemp("", "impala-lbcheck-threads-")
	if err != nil {
		return evidence{}, err
	}
	defer os.RemoveAll(dir)
	own := filepath.Join(dir, "impala-lbcheck") // where that user may execute it
	if err := copyExecutable(own, tool); err != nil {
		return evidence{}, err
	}
	few, err := runCommandDuring(ctx, toolTimeout, nil, nil, append(as(enough), own, "demo", "--quiet")...)
	if err != nil {
		return evidence{}, err
	}
	none, err := runCommandDuring(ctx, toolTimeout, nil, nil, append(as(1), own, "demo", "--quiet")...)
	if err != nil {
		return evidence{}, err
	}
	if few.code != 0 || none.code != 2 || len(none.stdout) > 0 {
		return evidence{}, fmt.Errorf("%d threads: exit %d, want 0; one thread: exit %d, want 2: %s", enough, few.code, none.code, tail(few.stderr))
	}
	return evidence{numbers: fmt.Sprintf("%d threads are enough, exit 0; with one, Go's runtime ends with 2 before anything is sent", enough)}, nil
}

// copyExecutable copies a program to where everybody may execute it.
func copyExecutable(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		return err
	}
	return os.Chmod(filepath.Dir(to), 0o755)
}
