package simkdc

import (
	"errors"
	"net"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// Bounds on what anybody may send.
const (
	maxRequest     = 64 << 10
	maxConnections = 64
	maxWait        = 10 * time.Second // for a request, and for its reply to be read
	acceptPause    = 10 * time.Millisecond
)

// serveTCP answers over TCP until the KDC is closed.
func (k *KDC) serveTCP() {
	for {
		c, err := k.tcp.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(acceptPause) // no descriptor is left, or the other side was gone before
			continue
		}
		if !k.admit(c) {
			_ = c.Close()
			continue
		}
		k.tasks.Go(func() {
			k.serve(c)
			_ = c.Close()
			k.mu.Lock()
			delete(k.open, c)
			k.mu.Unlock()
		})
	}
}

// admit reports whether a connection may be served.
func (k *KDC) admit(c net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil || len(k.open) >= maxConnections {
		return false
	}
	k.open[c] = true
	return true
}

// serve answers the requests of one connection: a length, and a message.
func (k *KDC) serve(c net.Conn) {
	for {
		_ = c.SetDeadline(time.Now().Add(maxWait))
		request, err := krbmsg.ReadFrame(c, maxRequest)
		if err != nil {
			return
		}
		reply := k.answer(request)
		if reply == nil {
			return
		}
		if _, err := c.Write(krbmsg.AppendFrame(nil, reply)); err != nil {
			return
		}
	}
}

// serveUDP answers over UDP, one request after the other, until the KDC is closed.
func (k *KDC) serveUDP() {
	buf := make([]byte, maxRequest)
	for {
		n, from, err := k.udp.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || k.config.IgnoresUDP {
			continue
		}
		reply := k.answer(buf[:n])
		if len(reply) > k.config.MaxUDP {
			reply = k.tooBig(buf[:n])
		}
		if reply != nil {
			_, _ = k.udp.WriteToUDPAddrPort(reply, from) // a lost reply is asked for again
		}
	}
}
