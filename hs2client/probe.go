package hs2client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Bounds of a probe.
const (
	maxHeard     = 512             // bytes read of an answer
	maxHeardText = 96              // bytes shown of it
	probeStep    = 2 * time.Second // for one question, at the most
	probeSteps   = 5               // questions, at the most
)

// Probe connects to c.Addr to learn what speaks there, after a session did not open:
// a few connections, one after the other, each closed at once. It listens for a
// greeting, and then begins as an HTTP client, a TLS client, a SASL client and a
// Thrift client would, until one is answered. It sends no user and no password, opens
// no session, and takes c.Timeout in all. Of a login c need say only which one is meant:
// an empty [Ticket] will do. Its error is that no connection was made.
func Probe(ctx context.Context, c Config) (Heard, error) {
	t, err := c.target()
	if err != nil {
		return Heard{}, unconnectedError(ctx, &c, "probe", PhaseResolve, err)
	}
	p := prober{Config: c, target: t, step: probeStep, heard: Heard{config: modeOf(&c)}}
	if c.Timeout > 0 {
		p.step = min(probeStep, c.Timeout/probeSteps)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	err = p.ask(ctx)
	if p.heard.Connections > 0 {
		err = nil
	}
	return p.heard, err
}

// prober asks one port.
type prober struct {
	Config
	target target
	step   time.Duration
	began  time.Time // the connection
	heard  Heard
}

// ask asks in clear, then within TLS where that is spoken and was wanted.
func (p *prober) ask(ctx context.Context) error {
	if err := p.greeted(ctx); err != nil || p.heard.What != vocab.HeardNothing && !p.heard.refusesClear() {
		return err
	}
	inClear := p.heard
	p.heard.What, p.heard.Text = vocab.HeardNothing, ""
	spoken, err := p.handshake(ctx)
	if !spoken && inClear.What != vocab.HeardNothing { // it meant what it said
		p.heard.What, p.heard.Text = inClear.What, inClear.Text
	}
	if err != nil || p.heard.What != vocab.HeardNothing {
		return err
	}
	if spoken && p.TLS == nil {
		p.heard.What = vocab.HeardTLS
		return nil
	}
	for i, q := range wire.Questions() {
		if i == 0 && !spoken && !p.heard.Unasked {
			continue // it was asked
		}
		if err := p.question(ctx, q, spoken); err != nil || p.heard.What != vocab.HeardNothing {
			return err
		}
	}
	if spoken {
		p.heard.What = vocab.HeardTLS
		return nil
	}
	return p.behindProxyHeader(ctx)
}

// refusesClear reports whether an answer in clear can be that of a listener of HTTPS:
// nginx, Apache and Go answer a request without TLS with 400.
func (h Heard) refusesClear() bool {
	_, status, _ := strings.Cut(h.Text, " ")
	return h.What == vocab.HeardHTTP && strings.HasPrefix(status, "400")
}

// behindProxyHeader asks again where everything that was said ended the connection,
// and nothing else did: behind the header with which a proxy says who connects.
func (p *prober) behindProxyHeader(ctx context.Context) error {
	closed := p.heard.Ended == KindEOF || p.heard.Ended == KindReset
	if p.heard.Unasked || !closed {
		return nil
	}
	for _, q := range wire.Questions() {
		err := p.question(ctx, slices.Concat([]byte(proxyHeader), q), false)
		if p.heard.WantsProxy = p.heard.What != vocab.HeardNothing; err != nil || p.heard.WantsProxy {
			return err
		}
	}
	return nil
}

// proxyHeader says nothing of who connects (HAProxy's proxy-protocol.txt, version 1).
const proxyHeader = "PROXY UNKNOWN\r\n"

// greeted waits for a greeting for half of a step, and asks the first question where
// none comes and the connection is still there.
func (p *prober) greeted(ctx context.Context) error {
	conn, hangUp, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	_ = conn.SetReadDeadline(time.Now().Add(p.step / 2))
	if p.hear(conn, false) || ctx.Err() != nil {
		return nil
	}
	if p.heard.Unasked = p.heard.Ended != KindTimeout; p.heard.Unasked {
		return nil
	}
	_ = conn.SetReadDeadline(time.Now().Add(p.step / 2))
	p.say(conn, wire.Questions()[0], false)
	return nil
}

// question asks on a connection of its own. An error is that there is none.
func (p *prober) question(ctx context.Context, q []byte, within bool) error {
	conn, hangUp, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	if !within {
		p.say(conn, q, false)
		return nil
	}
	if secured := tls.Client(conn, p.clientHello()); secured.HandshakeContext(ctx) == nil {
		p.say(secured, q, true)
	}
	return nil
}

// say asks and keeps what it hears.
func (p *prober) say(rw io.ReadWriter, q []byte, within bool) {
	if _, err := rw.Write(q); err != nil {
		p.ended(err)
		return
	}
	p.hear(rw, within)
}

// hear reads what is said, and reports whether anything was.
func (p *prober) hear(r io.Reader, within bool) bool {
	head := make([]byte, maxHeard)
	n, err := io.ReadAtLeast(r, head, enoughHeard)
	if n == 0 {
		p.ended(err)
		return false
	}
	p.heard.What, p.heard.Within = wire.Recognize(head[:n]), within
	if p.heard.What != vocab.HeardThrift && p.heard.What != vocab.HeardTLS { // which say nothing to people
		p.heard.Text = strconv.Quote(string(head[:min(n, maxHeardText)]))
	}
	return true
}

// ended notes the end of a connection on which nothing was heard.
func (p *prober) ended(err error) {
	p.heard.Ended = endOf(err)
	if p.heard.Ended == KindTimeout {
		return
	}
	if silence := time.Since(p.began); p.heard.Silence == 0 || silence < p.heard.Silence {
		p.heard.Silence = silence
	}
}

// endOf is how a connection ended on which nothing was heard: whatever is not the other
// side's doing is our own end of waiting.
func endOf(err error) Kind {
	if kind := wire.KindOf(err); kind == KindEOF || kind == KindReset {
		return kind
	}
	return KindTimeout
}

// enoughHeard is how many bytes show who speaks; fewer are taken where no more come.
const enoughHeard = 9

// handshake reports whether TLS is spoken. What it hears in its place is kept.
func (p *prober) handshake(ctx context.Context) (spoken bool, err error) {
	conn, hangUp, err := p.connect(ctx)
	if err != nil {
		return false, err
	}
	defer hangUp()
	hello := p.clientHello()
	hello.NextProtos = []string{"h2", "http/1.1"}
	show := hello.GetClientCertificate
	hello.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		p.heard.WantsCert = p.TLS == nil || p.TLS.Certificate == nil
		return show(info)
	}
	secured := tls.Client(conn, hello)
	err = secured.HandshakeContext(ctx)
	if misread, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		p.heard.What, p.heard.Text = wire.Recognize(misread.RecordHeader[:]), strconv.Quote(string(misread.RecordHeader[:]))
		return false, nil
	}
	switch chosen := secured.ConnectionState().NegotiatedProtocol; {
	case err == nil && chosen == "h2":
		p.heard.What, p.heard.Within = vocab.HeardHTTP2, true
	case err == nil && chosen != "":
		p.heard.What, p.heard.Within = vocab.HeardHTTP, true
	}
	return err == nil || isTLSAnswer(err), nil
}

// isTLSAnswer reports whether a handshake failed by what a TLS server said.
func isTLSAnswer(err error) bool {
	e, ok := errors.AsType[*wire.Error](handshakeError(err, false))
	return ok && e.Kind != KindNotTLS
}

// clientHello is that of a client that trusts everyone. It shows its own certificate,
// which is public; nothing secret is sent.
func (p *prober) clientHello() *tls.Config {
	c := p.Config
	if c.TLS == nil {
		c.TLS = &TLSConfig{}
	}
	return newClientHelloConfig(c.serverName(p.target), c.TLS.Curves, c.TLS.Certificate)
}

// connect makes one connection, on which everything takes no longer than a step, and
// which ends with ctx.
func (p *prober) connect(ctx context.Context) (conn net.Conn, hangUp func(), err error) {
	c := p.Config
	c.Timeout = p.step
	made, err := dial(ctx, &c, p.target, new(Record))
	if err != nil {
		return nil, nil, err
	}
	p.heard.Connections++
	p.began = time.Now()
	conn = made.socket
	_ = conn.SetDeadline(time.Now().Add(p.step))
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, func() { stop(); _ = conn.Close() }, nil
}
