//go:build !unix

package shellcmd

import "os/exec"

// shell runs the command that is put behind it.
var shell = []string{"cmd", "/C"}

// This system has no process groups that a signal reaches: the shell alone is ended.
func apart(*exec.Cmd) (kill func()) { return func() {} }

func among(*exec.Cmd) (kill func()) { return func() {} }
