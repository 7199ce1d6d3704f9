//go:build unix

package shellcmd

import (
	"os/exec"
	"syscall"
)

// shell runs the command that is put behind it.
var shell = []string{"sh", "-c"}

// apart gives cmd a process group of its own, all of which is told to end with it.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// killGroup ends what is left of the group.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // nobody is left, as a rule
	}
}
