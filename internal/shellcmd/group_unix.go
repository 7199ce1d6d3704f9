//go:build unix

package shellcmd

import (
	"os/exec"
	"syscall"
)

// shell runs the command that is put behind it.
var shell = []string{"sh", "-c"}

// apart gives cmd a process group of its own, all of which is told to end with it. The
// function ends what is left of the group.
func apart(cmd *exec.Cmd) (kill func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	return func() {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // nobody is left, as a rule
		}
	}
}

// among leaves cmd in this process's group. It and what descends from it are told to end
// with it. The function ends those that are left.
func among(cmd *exec.Cmd) (kill func()) {
	var told []int
	cmd.Cancel = func() error {
		told = descendants(cmd.Process.Pid)
		for _, pid := range told {
			_ = syscall.Kill(pid, syscall.SIGTERM)
		}
		return cmd.Process.Signal(syscall.SIGTERM)
	}
	return func() {
		for _, pid := range told {
			_ = syscall.Kill(pid, syscall.SIGKILL) // nobody is left, as a rule
		}
	}
}
