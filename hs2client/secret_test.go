package hs2client_test

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// A server that repeats the password must not have it printed, wherever it puts
// it and however that part is shown.
func TestOpen_ErrorsMaskPassword(t *testing.T) {
	complete := string(saslframe.AppendMessage(nil, saslframe.StatusComplete, nil))
	state := password
	c := &coordinator{open: &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR, ErrorMessage: new(strings.Repeat("x", 2<<10-3) + password), SqlState: &state}}
	for name, handle := range map[string]func(net.Conn){
		"in words":                   says(string(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("no "+password)))),
		"where words are cut":        says(string(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte(strings.Repeat("x", 2<<10-3)+password)))),
		"in place of a login":        says(password),
		"where a head is cut":        says(strings.Repeat("x", 61) + password),
		"in place of a frame":        says(complete + "HTTP/" + password),
		"half of it":                 says(strings.Repeat("x", 20) + password[:len(password)-1]),
		"in a status, and its state": c.login("ann", password),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := hs2client.Open(t.Context(), hs2client.Config{
				Addr: serve(t, handle), Timeout: soon, Plain: &hs2client.Plain{User: "ann", Password: password},
			})
			e, ok := errors.AsType[*hs2client.Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if all := e.Error() + e.Text + e.SQLState; showsPassword(all) || strings.Contains(all, password[:3]) {
				t.Errorf("%q shows the password", all)
			}
		})
	}
}

func TestWait_MasksPassword(t *testing.T) {
	replies := hs2Bomb(t, nil).replies
	addr := serve(t, func(conn net.Conn) {
		for range 2 {
			if _, _, err := saslframe.ReadMessage(conn, 1<<10); err != nil {
				return
			}
		}
		out := saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)
		for i, method := range []string{"OpenSession", "PingImpalaHS2Service"} {
			reply := replies[method]
			binary.BigEndian.PutUint32(reply[8+len(method):], uint32(i+1))
			out = saslframe.AppendFrame(out, reply)
		}
		_, _ = conn.Write(saslframe.AppendFrame(out, []byte(password)))
		silent(conn)
	})
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, Plain: &hs2client.Plain{User: "ann", Password: password}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(t.Context()) }()
	e := wantClass(t, s.Wait(t.Context(), forever), "execute.garbage")
	if showsPassword(e.Error() + e.Text) {
		t.Errorf("%v shows the password", e)
	}
}
