package peertest

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

func TestMuteAt_AnswersUntilTheWord(t *testing.T) {
	t.Parallel()
	echo := Serve(t, func(c net.Conn) { _, _ = io.Copy(c, c) })
	m := MuteAt(t, echo, "stop")
	c, err := net.Dial("tcp", m.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 2)
	for _, said := range []string{"go", "st"} { // half of the word is none
		if _, err := io.WriteString(c, said); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, b); err != nil || string(b) != said {
			t.Fatalf("%q, %v", b, err)
		}
	}
	if m.Met() != 0 {
		t.Error("it is mute before the word")
	}
	if _, err := io.WriteString(c, "op"); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(b); n > 0 || errors.Is(err, io.EOF) || m.Met() != 1 {
		t.Errorf("after the word: %q, %v, met %d", b[:n], err, m.Met())
	}
}
