package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/shellcmd"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// maxSecret bounds a file with a secret and the output of a command that prints one.
const maxSecret = 64 << 10

// secretSource is where a secret may come from. An argument is none: every process of
// the host can read a command line.
type secretSource struct {
	what     string // "password", of which the flags are named, too
	of       string // whose it is: " for user ann"
	file     string
	command  scenarios.SecretCommand
	variable string // its name
	question string // on a terminal
}

// passwordOf is where a user's password comes from.
func passwordOf(a scenarios.Auth, user string) secretSource {
	return secretSource{
		what: "password", of: " for user " + user, file: a.PasswordFile, command: a.PasswordCommand,
		variable: flags.PasswordVariable, question: "Password of " + user,
	}
}

// tokenOf is where the token comes from.
func tokenOf(a scenarios.Auth) secretSource {
	return secretSource{what: "token", file: a.TokenFile, command: a.TokenCommand, variable: flags.TokenVariable, question: "Token"}
}

// readSecret reads a secret, once: from its file, a command, the environment, or by
// asking on a terminal.
func readSecret(ctx context.Context, e env, from secretSource) (string, error) {
	_, terminal := terminalOf(e.in)
	variable := flags.Lookup(e.environ, from.variable)
	switch {
	case from.file != "":
		return secretFromFile(ctx, from.what, from.file)
	case from.command != "":
		return secretFromCommand(ctx, e, from.what, string(from.command))
	case variable != "":
		return variable, nil
	case terminal:
		return secretFromPrompt(ctx, e, from.what, from.question)
	}
	return "", fmt.Errorf("no %[1]s%s: --%[1]s-file, --%[1]s-command or %[3]s", from.what, from.of, from.variable)
}

// secretFromFile reads a secret from the first line of a file of its own.
func secretFromFile(ctx context.Context, what, name string) (string, error) {
	b, err := readSecretFile(ctx, name, maxSecret)
	if err != nil {
		return "", fmt.Errorf("%s file: %w", what, err)
	}
	return firstLine(b, what, what+" file "+name)
}

// secretFromCommand runs CMD by the shell; what it writes to stderr goes
// nowhere, for it may hold the secret.
func secretFromCommand(ctx context.Context, e env, what, text string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, scenarios.SecretCommandTime, tooSlow{"it did not end"})
	defer cancel()
	out := &shellcmd.Head{Max: maxSecret}
	c := userCommand(e, text)
	c.Stdout = out
	if err := c.Run(ctx); err != nil {
		return "", fmt.Errorf("%s command: %w", what, err)
	}
	return firstLine(out.Bytes(), what, what+" command")
}

// secretFromPrompt asks on the terminal. A signal ends the question, and gives
// the terminal back as it was: typed text is shown again.
func secretFromPrompt(ctx context.Context, e env, what, question string) (string, error) {
	fmt.Fprintf(e.err, "%s: ", question)
	defer fmt.Fprintln(e.err)
	b, err := hiddenLine(ctx, e.in)
	if err != nil {
		return "", fmt.Errorf("%s prompt: %w", what, err)
	}
	return firstLine(b, what, what+" prompt")
}

// hiddenLine reads a line that the terminal does not show. Where ctx ends first,
// the reader waits on until the process ends.
func hiddenLine(ctx context.Context, terminal *os.File) ([]byte, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, errors.New("the terminal gave none")
		}
		return a.line, nil
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), term.Restore(fd, before))
	}
}

// firstLine is b without the newline that files and commands end with.
func firstLine(b []byte, what, from string) (string, error) {
	if len(b) > maxSecret {
		return "", fmt.Errorf("%s: more than %d bytes", from, maxSecret)
	}
	line := bytes.TrimRight(b, "\r\n")
	if len(line) == 0 || bytes.ContainsAny(line, "\r\n\x00") {
		return "", fmt.Errorf("%s: it must hold one line, the %s", from, what)
	}
	return string(line), nil
}

// readToken reads a token, which has no blank and no character beyond ASCII.
func readToken(ctx context.Context, e env, a scenarios.Auth) (string, error) {
	token, err := readSecret(ctx, e, tokenOf(a))
	if err == nil && !vocab.IsVisibleASCII(token) {
		return "", errors.New("the token has a blank or another character that no token has")
	}
	return token, err
}
