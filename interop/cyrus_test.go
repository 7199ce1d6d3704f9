//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
)

// conversation has what a client says, and what it is told.
type conversation struct {
	io.Reader
	io.Writer
}

// The client's first token goes to Cyrus with the mechanism, and the end of the login
// comes back as COMPLETE.
func TestNegotiate_PassesMessages(t *testing.T) {
	t.Parallel()
	var says, told, in bytes.Buffer
	for _, message := range []string{"token", "answer"} {
		if err := writeSASL(&says, saslOK, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	lines := "S: R1NTQVBJ\nWaiting for client mechanism...\nS: " + base64.StdEncoding.EncodeToString([]byte("offer")) + "\nNegotiation complete\n"
	if err := negotiate(conversation{&says, &told}, &in, bufio.NewScanner(strings.NewReader(lines))); err != nil {
		t.Fatal(err)
	}
	first := "C: " + base64.StdEncoding.EncodeToString([]byte("GSSAPI\x00token")) + "\n"
	if !strings.HasPrefix(in.String(), first) {
		t.Errorf("Cyrus was told %q", in.String())
	}
	for _, want := range []struct {
		status  byte
		message string
	}{{saslOK, "offer"}, {saslComplete, ""}} {
		status, message, err := readSASL(&told)
		if err != nil || status != want.status || string(message) != want.message {
			t.Errorf("the client was told %d %q, %v", status, message, err)
		}
	}
}

func TestReadSized_BoundsTheLength(t *testing.T) {
	t.Parallel()
	if _, err := readSized(strings.NewReader("\x7f\xff\xff\xff")); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("no error of its own for 2 GiB: %v", err)
	}
}
