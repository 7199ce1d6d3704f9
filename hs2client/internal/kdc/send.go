package kdc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// ways are how one KDC is asked, and how long it is waited for. A firewall that drops
// UDP costs the first of them.
var ways = []struct {
	network string
	wait    time.Duration
}{{"udp", time.Second}, {"tcp", 3 * time.Second}}

// maxReply bounds a KDC's reply in bytes.
const maxReply = 256 << 10

// send asks the KDCs of a realm, one after the other, until one answers. What a KDC
// refuses is a [*gss.Refusal].
func (c *Client) send(ctx context.Context, realm string, message []byte) ([]byte, error) {
	servers, err := c.servers(ctx, realm)
	if err != nil {
		return nil, err
	}
	var tried []string
	for _, s := range servers {
		for _, w := range ways {
			if w.network == "udp" && (s.TCP || len(message) > c.Conf.UDPLimit) {
				continue
			}
			reply, err := exchange(ctx, w.network, s.Addr, w.wait, message)
			if err == nil {
				err = refusal(reply)
			}
			if _, refused := errors.AsType[*refused](err); refused || err == nil {
				return reply, err
			}
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, ctx.Err()
			}
			tried = append(tried, err.Error())
		}
	}
	return nil, fail(vocab.KindKDCUnreachable, "no KDC of realm %s answers: %s", realm, strings.Join(tried, "; "))
}

// errTooBig is a KDC's answer that it wants to be asked over TCP.
var errTooBig = errors.New("the reply is too long for UDP")

// refusal is what a reply that is an error says; nil where it is none.
func refusal(reply []byte) error {
	e, err := krbmsg.ParseKRBError(reply)
	switch {
	case err != nil:
		return nil
	case e.Code == errorcode.KRB_ERR_RESPONSE_TOO_BIG:
		return errTooBig
	}
	return &refused{gss.RefusalOf(e), e.Data}
}

// refused is an answer that is an error, with what a KDC wants instead.
type refused struct {
	*gss.Refusal
	data []byte
}

// Unwrap returns the refusal.
func (r *refused) Unwrap() error { return r.Refusal }

// exchange sends a message to one KDC and reads its reply.
func exchange(ctx context.Context, network, addr string, wait time.Duration, message []byte) (reply []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", network, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if network == "udp" {
		reply, err = datagram(conn, message)
	} else {
		reply, err = stream(conn, message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", network, addr, err)
	}
	return reply, nil
}

// datagram sends and receives one each.
func datagram(conn net.Conn, message []byte) ([]byte, error) {
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	buf := make([]byte, 64<<10)
	n, err := conn.Read(buf)
	return buf[:n], err
}

// stream sends and receives a length and a message each.
func stream(conn net.Conn, message []byte) ([]byte, error) {
	if _, err := conn.Write(krbmsg.AppendFrame(nil, message)); err != nil {
		return nil, err
	}
	return krbmsg.ReadFrame(conn, maxReply)
}

// servers are the KDCs of a realm, by the configuration or else by the DNS.
func (c *Client) servers(ctx context.Context, realm string) ([]krb5conf.KDC, error) {
	servers := c.Conf.KDCs(realm)
	if len(servers) > 0 {
		return servers, nil
	}
	if !c.Conf.DNSLookupKDC {
		return nil, fail(vocab.KindWrongRealm, "krb5.conf has no KDC for realm %s, and dns_lookup_kdc is off", realm)
	}
	for _, proto := range []string{"udp", "tcp"} {
		_, found, err := net.DefaultResolver.LookupSRV(ctx, "kerberos", proto, realm)
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		if ctx.Err() != nil {
			return nil, &Error{Kind: vocab.KindKDCUnreachable, Text: "the DNS does not answer for the KDCs of realm " + realm, Err: err}
		}
		for _, s := range found {
			addr := net.JoinHostPort(strings.TrimSuffix(s.Target, "."), strconv.Itoa(int(s.Port)))
			servers = append(servers, krb5conf.KDC{Addr: addr, TCP: proto == "tcp"})
		}
		if len(servers) > 0 {
			return servers, nil
		}
	}
	return nil, fail(vocab.KindWrongRealm, "neither krb5.conf nor the DNS has a KDC for realm %s", realm)
}
