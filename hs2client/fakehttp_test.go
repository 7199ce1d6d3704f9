package hs2client_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// post is one request that a simulated server has read, and the reply to it.
type post struct {
	n, conn int // its number, and its connection's, from 0
	method  string
	request *http.Request
	reply   []byte // Thrift's alone
}

// overHTTP serves a coordinator over HTTP. answer is given each request and sends what
// it likes; false ends the connection. nil answers as Impala does.
type overHTTP struct {
	*coordinator
	answer func(p post, conn net.Conn) bool

	mu    sync.Mutex
	posts []post
	conns int
}

// as is the response with a reply, and with further fields, as Impala writes it.
func (p post) as(fields ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 200 OK\r\nContent-Type: application/x-thrift\r\nContent-Length: %d\r\nConnection: Keep-Alive\r\n", len(p.reply))
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(p.reply)
	return b.Bytes()
}

// sends writes a response and keeps the connection.
func sends(conn net.Conn, response []byte) bool {
	_, err := conn.Write(response)
	return err == nil
}

// refuses is Impala's answer to a login that it does not take: it ends the connection.
func refuses(conn net.Conn, challenges ...string) bool {
	text := "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n"
	for _, c := range challenges {
		text += "WWW-Authenticate: " + c + "\r\n"
	}
	_, _ = io.WriteString(conn, text+"\r\n")
	return false
}

func (s *overHTTP) serve(conn net.Conn) {
	s.mu.Lock()
	number := s.conns
	s.conns++
	s.mu.Unlock()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil || request.Method != http.MethodPost {
			return
		}
		if request.Header.Get("Expect") != "" && !sends(conn, []byte("HTTP/1.1 100 Continue\r\n\r\n")) {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		p := post{n: len(s.posts), conn: number, request: request, method: methodOf(body)}
		p.reply = s.process(body)
		s.posts = append(s.posts, p)
		s.mu.Unlock()
		answered := s.answer
		if answered == nil {
			answered = func(p post, conn net.Conn) bool { return sends(conn, p.as()) }
		}
		if !answered(p, conn) {
			return
		}
	}
}

// process is the coordinator's reply to a message.
func (s *overHTTP) process(message []byte) []byte {
	in, out := thrift.NewTMemoryBuffer(), thrift.NewTMemoryBuffer()
	in.Write(message)
	_, _ = hs2.NewImpalaHiveServer2ServiceProcessor(s.coordinator).Process(context.Background(),
		thrift.NewTBinaryProtocolConf(in, nil), thrift.NewTBinaryProtocolConf(out, nil))
	return bytes.Clone(out.Bytes())
}

// methodOf is the name in a message.
func methodOf(message []byte) string {
	if len(message) < 8 || int(binary.BigEndian.Uint32(message[4:])) > len(message)-8 {
		return ""
	}
	return string(message[8 : 8+binary.BigEndian.Uint32(message[4:])])
}

// seen are the requests so far.
func (s *overHTTP) seen() []post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]post(nil), s.posts...)
}

// connections are how many there were.
func (s *overHTTP) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// httpImpala is a healthy impalad over HTTP, that answers as answer does.
func httpImpala(answer func(post, net.Conn) bool) *overHTTP {
	c := &coordinator{web: "http://coord-a1:25000", config: map[string]string{"http_addr": "coord-a1:25000"}}
	c.columns, c.schema = pid()
	return &overHTTP{coordinator: c, answer: answer}
}

// httpTo is the configuration of a session with a server over HTTP.
func httpTo(t testing.TB, handle func(net.Conn)) hs2client.Config {
	return hs2client.Config{Addr: serve(t, handle), Protocol: hs2client.ProtocolHS2HTTP, Timeout: soon}
}

// fields are one field of each request.
func fields(posts []post, name string) []string {
	var all []string
	for _, p := range posts {
		all = append(all, strings.Join(p.request.Header.Values(name), "|"))
	}
	return all
}
