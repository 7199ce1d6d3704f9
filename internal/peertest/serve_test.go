package peertest

import (
	"io"
	"net"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServe_AnswersEachConnection(t *testing.T) {
	t.Parallel()
	addr := Serve(t, func(c net.Conn) { _, _ = io.WriteString(c, "hello") })
	for range 2 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(c); string(b) != "hello" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		c.Close()
	}
}
