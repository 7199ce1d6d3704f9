package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/shellcmd"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// secrets is what a scenario names and does not hold: the passwords, the roots to
// trust, the client's certificate and its key. It is in no result, log or error.
type secrets struct {
	password    string
	webPassword string
	roots       *x509.CertPool   // nil: the system's
	client      *tls.Certificate // nil: none
}

// readSecrets reads what a scenario that is permitted names, before anything is sent.
func readSecrets(ctx context.Context, e env, s scenarios.Scenario) (secrets, error) {
	var with secrets
	var err error
	if (s.TLS.Enabled || s.Target.WebTLS) && s.TLS.CACert != "" {
		if with.roots, err = readRoots(ctx, s.TLS.CACert); err != nil {
			return secrets{}, err
		}
	}
	if s.TLS.Enabled && s.TLS.ClientCert != "" {
		if with.client, err = readClientCertificate(ctx, s.TLS); err != nil {
			return secrets{}, err
		}
	}
	if kindOf(s).login {
		if with.password, err = readPassword(ctx, e, s.Auth); err != nil {
			return secrets{}, err
		}
	}
	if s.Target.WebUser != "" {
		with.webPassword, err = readWebPassword(ctx, s.Target)
	}
	return with, err
}

// readRoots reads a PEM file of certificates to trust.
func readRoots(ctx context.Context, name string) (*x509.CertPool, error) {
	pem, err := readFile(ctx, name, maxRoots)
	if err != nil {
		return nil, fmt.Errorf("--ca-cert: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-cert %s: no certificate in it; it must hold PEM blocks that begin with -----BEGIN CERTIFICATE-----", name)
	}
	return pool, nil
}

// maxPassword bounds a password file and the output of a password command.
const maxPassword = 64 << 10

// readPassword finds the password that auth names: in a file, from a command,
// in the environment, or by asking on a terminal. "" where auth needs none.
func readPassword(ctx context.Context, e env, auth scenarios.Auth) (string, error) {
	_, terminal := terminalOf(e.in)
	variable := flags.Lookup(e.environ, flags.PasswordVariable)
	switch {
	case auth.Mechanism != scenarios.MechanismLDAP:
		return "", nil
	case auth.PasswordFile != "":
		return passwordFromFile(ctx, auth.PasswordFile)
	case auth.PasswordCommand != "":
		return passwordFromCommand(ctx, e, string(auth.PasswordCommand))
	case variable != "":
		return variable, nil
	case terminal:
		return passwordFromPrompt(ctx, e, auth.User)
	}
	return "", fmt.Errorf("no password for user %s: --password-file, --password-command or %s", auth.User, flags.PasswordVariable)
}

// readWebPassword reads the password for the coordinators' web pages.
func readWebPassword(ctx context.Context, target scenarios.Target) (string, error) {
	if target.WebPasswordFile == "" {
		return "", fmt.Errorf("no password for user %s of the web pages: --web-password-file", target.WebUser)
	}
	return passwordFromFile(ctx, target.WebPasswordFile)
}

func passwordFromFile(ctx context.Context, name string) (string, error) {
	b, err := readSecretFile(ctx, name, maxPassword)
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	return firstLine(b, "password file "+name)
}

// passwordFromCommand runs CMD by the shell; what it writes to stderr goes
// nowhere, for it may hold the secret.
func passwordFromCommand(ctx context.Context, e env, text string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, tooSlow{"it did not end"})
	defer cancel()
	out := &shellcmd.Head{Max: maxPassword}
	c := userCommand(e, text)
	c.Stdout = out
	if err := c.Run(ctx); err != nil {
		return "", fmt.Errorf("password command: %w", err)
	}
	return firstLine(out.Bytes(), "password command")
}

// passwordFromPrompt asks on the terminal. A signal ends the question, and gives
// the terminal back as it was: typed text is shown again.
func passwordFromPrompt(ctx context.Context, e env, user string) (string, error) {
	fmt.Fprintf(e.err, "Password of %s: ", user)
	defer fmt.Fprintln(e.err)
	b, err := hiddenLine(ctx, e.in)
	if err != nil {
		return "", fmt.Errorf("password prompt: %w", err)
	}
	return firstLine(b, "password prompt")
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
