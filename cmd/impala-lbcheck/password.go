package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// passwordVariable is the one secret that may be in the environment. No flag
// takes one: a command line is read by every process of a host.
const passwordVariable = "IMPALA_LBCHECK_PASSWORD"

// maxPassword bounds a password file and the output of a password command.
const maxPassword = 64 << 10

// readPassword finds the password that auth names: in a file, from a command,
// in the environment, or by asking on a terminal. "" where auth needs none.
func readPassword(ctx context.Context, w world, auth scenarios.Auth) (string, error) {
	switch {
	case auth.Mechanism != scenarios.LDAP:
		return "", nil
	case auth.PasswordFile != "":
		return passwordFromFile(auth.PasswordFile)
	case auth.PasswordCommand != "":
		return passwordFromCommand(ctx, auth.PasswordCommand)
	case w.getenv(passwordVariable) != "":
		return w.getenv(passwordVariable), nil
	case w.in != nil && term.IsTerminal(int(w.in.Fd())):
		return passwordFromPrompt(w, auth.User)
	}
	return "", fmt.Errorf("no password for user %s: --password-file, --password-command or %s", auth.User, passwordVariable)
}

func passwordFromFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	if readByOthers(info) {
		return "", fmt.Errorf("password file %s can be read by others (mode %04o): chmod 600 %s", name, info.Mode().Perm(), name)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	return firstLine(b, "password file "+name)
}

// readByOthers reports whether group or others may read the file. Windows'
// mode bits do not say, and pipes (/dev/fd/3) belong to the process.
func readByOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0
}

// passwordFromCommand runs CMD by the shell; what it writes to stderr goes
// nowhere, for it may hold the secret.
func passwordFromCommand(ctx context.Context, command string) (string, error) {
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	var out limitedBuffer
	cmd := exec.CommandContext(ctx, shell, flag, command)
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("password command: %w", err)
	}
	return firstLine(out.Bytes(), "password command")
}

// limitedBuffer holds at most maxPassword+1 bytes: enough to see that it was too much.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if room := maxPassword + 1 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func passwordFromPrompt(w world, user string) (string, error) {
	fmt.Fprintf(w.err, "Password of %s: ", user)
	b, err := term.ReadPassword(int(w.in.Fd()))
	fmt.Fprintln(w.err)
	if err != nil {
		return "", errors.New("password prompt: the terminal gave none")
	}
	return firstLine(b, "password prompt")
}

// firstLine is b without the newline that files and commands end with.
func firstLine(b []byte, from string) (string, error) {
	if len(b) > maxPassword {
		return "", fmt.Errorf("%s: more than %d bytes", from, maxPassword)
	}
	line := bytes.TrimRight(b, "\r\n")
	if len(line) == 0 || bytes.ContainsAny(line, "\r\n\x00") {
		return "", fmt.Errorf("%s: it must hold one line, the password", from)
	}
	return string(line), nil
}
