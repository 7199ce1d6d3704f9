//go:build unix

package shellcmd

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	t.Parallel()
	out, errs := &Head{Max: 100}, &Head{Max: 100}
	c := Command{Text: "echo $KEY; echo words >&2; exit 3", Env: []string{"KEY=value"}, Stdout: out, Stderr: errs}
	err := c.Run(t.Context())
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || string(out.Bytes()) != "value\n" || string(errs.Bytes()) != "words\n" {
		t.Errorf("Run = %v; %q, %q", err, out.Bytes(), errs.Bytes())
	}
}

// limit is far less than what the commands below would take, and far more than
// what a busy machine needs.
const limit = 20 * time.Second

func TestRun_DoesNotWaitForWhatIsLeftInTheBackground(t *testing.T) {
	t.Parallel()
	out := &Head{Max: 100}
	begin := time.Now()
	pid := filepath.Join(t.TempDir(), "pid")
	if err := (Command{Text: "sleep 100 & echo $! >" + pid + "; echo pw", Stdout: out}).Run(t.Context()); err != nil || string(out.Bytes()) != "pw\n" {
		t.Errorf("Run = %v; %q", err, out.Bytes())
	}
	if took := time.Since(begin); took > limit {
		t.Errorf("it took %v", took)
	}
	if !alive(t, pid) {
		t.Error("what was left in the background was ended")
	}
	end(t, pid)
}

func TestRun_EndsWithItsContextAndAllThatItStarted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Command{
		"a child that is waited for":        {Text: "sleep 100 & echo $! >PID; wait"},
		"a shell that does not obey":        {Text: "trap '' TERM; sleep 100 & echo $! >PID; wait; wait; sleep 100"},
		"a child in the background":         {Text: "sleep 100 & echo $! >PID; sleep 101"},
		"at a terminal, a child":            {Text: "sleep 100 & echo $! >PID; wait", Attached: true},
		"at a terminal, a child of a child": {Text: "(sleep 100 & echo $! >PID; wait) | cat", Attached: true},
		"at a terminal, one that disobeys":  {Text: "trap '' TERM; sleep 100 & echo $! >PID; wait; wait; sleep 100", Attached: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pid := filepath.Join(t.TempDir(), "pid")
			cause := errors.New("over")
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() {
				defer cancel(cause)
				for ctx.Err() == nil {
					if b, _ := os.ReadFile(pid); strings.HasSuffix(string(b), "\n") {
						return
					}
				}
			}()
			begin := time.Now()
			c.Text, c.Stdout = strings.ReplaceAll(c.Text, "PID", pid), &Head{Max: 9}
			err := c.Run(ctx)
			if !errors.Is(err, cause) || time.Since(begin) > limit {
				t.Errorf("Run = %v after %v", err, time.Since(begin))
			}
			for alive(t, pid) { // a signal that was sent takes effect a little later
				if time.Since(begin) > limit {
					t.Fatal("its child is still there")
				}
			}
		})
	}
}

func TestHeadAndTail(t *testing.T) {
	t.Parallel()
	head, tail := &Head{Max: 4}, &Tail{Max: 4}
	for _, p := range []string{"ab", "c", "", "defgh", "ij"} {
		for _, w := range []interface{ Write([]byte) (int, error) }{head, tail} {
			if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
		}
	}
	if string(head.Bytes()) != "abcde" || string(tail.Bytes()) != "ghij" {
		t.Errorf("head %q, tail %q", head.Bytes(), tail.Bytes())
	}
}
