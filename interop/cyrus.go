//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
)

// Status bytes of Thrift's SASL messages.
const (
	saslStart = iota + 1
	saslOK
	saslBad
	saslError
	saslComplete
)

// maxMessage limits a Thrift SASL message or frame.
const maxMessage = 1 << 20

// cyrusAcceptor accepts SASL GSSAPI with Cyrus SASL and MIT Kerberos, the libraries of
// an impalad, and forwards what clients send to a server without SASL. Cyrus' sample
// server speaks base64 on its standard input and output; this adds Thrift's framing.
type cyrusAcceptor struct {
	kdc     *kdc
	keytab  string
	backend string
	in      net.Listener
	logins  atomic.Int64
	open    sync.WaitGroup
}

// startCyrus starts an acceptor at an address. The caller closes it.
func (l *lab) startCyrus(k *kdc, keytab, address, backend string) (*cyrusAcceptor, error) {
	in, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	a := &cyrusAcceptor{kdc: k, keytab: keytab, backend: backend, in: in}
	a.open.Go(func() {
		for {
			c, err := in.Accept()
			if err != nil {
				return // closed
			}
			a.open.Go(func() {
				defer c.Close()
				a.serve(c) // a client that is not let in sees that the connection ends
			})
		}
	})
	return a, nil
}

// close stops accepting and waits until the open connections have ended.
func (a *cyrusAcceptor) close() {
	a.in.Close()
	a.open.Wait()
}

func (a *cyrusAcceptor) serve(client net.Conn) error {
	if err := a.login(client); err != nil {
		return err
	}
	a.logins.Add(1)
	server, err := net.Dial("tcp", a.backend)
	if err != nil {
		return err
	}
	defer server.Close()
	var replies sync.WaitGroup
	defer replies.Wait()
	defer server.Close() // ends the replies
	replies.Go(func() {
		defer client.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if _, err := client.Write(append(binary.BigEndian.AppendUint32(nil, uint32(n)), buffer[:n]...)); err != nil {
				return
			}
		}
	})
	for {
		frame, err := readSized(client)
		if err != nil {
			return err
		}
		if _, err := server.Write(frame); err != nil {
			return err
		}
	}
}

// login lets the client in. Like Impala it answers a login that fails by closing the
// connection, and a mechanism that it does not have with a word.
func (a *cyrusAcceptor) login(client net.Conn) error {
	status, mechanism, err := readSASL(client)
	if err != nil {
		return err
	}
	if status != saslStart {
		return fmt.Errorf("the client starts with status %d", status)
	}
	if string(mechanism) != "GSSAPI" {
		err := fmt.Errorf("unsupported mechanism type %s", mechanism)
		return errors.Join(err, writeSASL(client, saslBad, []byte(err.Error())))
	}
	ctx, cancel := context.WithTimeout(context.Background(), clientTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "stdbuf", "-oL", "sasl-sample-server", "-b", "min=0,max=0", "-s", krbService, "-m", "GSSAPI", "-d", lbName)
	cmd.Env = append(os.Environ(), append(a.kdc.env(kdcPort), "KRB5_KTNAME="+a.keytab, "KRB5RCACHENAME=none:")...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer cmd.Wait()
	defer cancel() // ends it
	return negotiate(client, in, bufio.NewScanner(out))
}

// negotiate passes messages between the client and Cyrus' server until it lets the
// client in.
func negotiate(client io.ReadWriter, in io.Writer, lines *bufio.Scanner) error {
	if _, _, err := readCyrus(lines); err != nil { // its list of mechanisms
		return err
	}
	// Cyrus expects the client's first token together with the mechanism.
	for prefix := "GSSAPI\x00"; ; prefix = "" {
		status, message, err := readSASL(client)
		if err != nil {
			return err
		}
		if status != saslOK && status != saslComplete {
			return fmt.Errorf("the client sent status %d", status)
		}
		if _, err := io.WriteString(in, "C: "+base64.StdEncoding.EncodeToString(append([]byte(prefix), message...))+"\n"); err != nil {
			return err
		}
		reply, done, err := readCyrus(lines)
		switch {
		case err != nil:
			return err
		case done:
			return writeSASL(client, saslComplete, nil)
		}
		if err := writeSASL(client, saslOK, reply); err != nil {
			return err
		}
	}
}

// readCyrus returns the server's next message, or that it has let the client in.
func readCyrus(lines *bufio.Scanner) (message []byte, done bool, err error) {
	for lines.Scan() {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "S: "); ok {
			message, err = base64.StdEncoding.DecodeString(text)
			return message, false, err
		}
		if strings.HasPrefix(line, "Negotiation complete") {
			return nil, true, nil
		}
	}
	return nil, false, errors.New("the server of Cyrus ended the login")
}

func readSASL(r io.Reader) (status byte, message []byte, err error) {
	var one [1]byte
	if _, err := io.ReadFull(r, one[:]); err != nil {
		return 0, nil, err
	}
	message, err = readSized(r)
	return one[0], message, err
}

// readSized reads four bytes of length and what follows.
func readSized(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

func writeSASL(w io.Writer, status byte, message []byte) error {
	var b bytes.Buffer
	b.WriteByte(status)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(message))))
	b.Write(message)
	_, err := w.Write(b.Bytes())
	return err
}
