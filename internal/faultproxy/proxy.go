package faultproxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Proxy is running from New to Close. All methods may be used at any time.
type Proxy struct {
	target    string
	url       string
	server    *http.Server
	transport *http.Transport
	served    chan struct{}

	mu       sync.Mutex
	plan     plan
	requests int
	writes   int
	failed   int
}

// plan is which calls fail, by number from 1.
type plan struct {
	at           map[int]Kind
	from         int // 0: never
	fromKind     Kind
	atWrite      map[int]Kind
	cutFrom      int // 0: never
	cutFromWrite int
	cutting      bool // a cut from some number on has begun
	change       func(k int, w http.ResponseWriter, answer Answer) (done bool)
}

// New listens on 127.0.0.1 at a free port, before an endpoint such as
// "http://127.0.0.1:5000". Nothing fails until it is configured.
func New(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("fault proxy: %w", err)
	}
	p := &Proxy{
		target: strings.TrimSuffix(target, "/"), url: "http://" + l.Addr().String(), served: make(chan struct{}),
		transport: &http.Transport{DisableCompression: true},
		plan:      emptyPlan(),
	}
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	p.server.SetKeepAlivesEnabled(false)
	go func() {
		defer close(p.served)
		_ = p.server.Serve(l) // always http.ErrServerClosed: nothing but Close ends it
	}()
	return p, nil
}

func emptyPlan() plan { return plan{at: map[int]Kind{}, atWrite: map[int]Kind{}} }

// URL is the endpoint that clients are given.
func (p *Proxy) URL() string { return p.url }

// Close ends it, with its connections.
func (p *Proxy) Close() error {
	err := p.server.Close()
	<-p.served
	p.transport.CloseIdleConnections()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// FailAt makes the k-th request fail, counted from 1 since the start or Reset.
func (p *Proxy) FailAt(k int, kind Kind) { p.configure(func(pl *plan) { pl.at[k] = kind }) }

// FailWriteAt makes the k-th write fail.
func (p *Proxy) FailWriteAt(k int, kind Kind) { p.configure(func(pl *plan) { pl.atWrite[k] = kind }) }

// FailFrom makes the k-th request and all after it fail.
func (p *Proxy) FailFrom(k int, kind Kind) {
	p.configure(func(pl *plan) { pl.from, pl.fromKind = k, kind })
}

// CutFrom cuts the k-th request and all after it before they reach the target,
// as after the client process was killed.
func (p *Proxy) CutFrom(k int) { p.configure(func(pl *plan) { pl.cutFrom = k }) }

// CutFromWrite cuts the k-th write and all requests after it.
func (p *Proxy) CutFromWrite(k int) { p.configure(func(pl *plan) { pl.cutFromWrite = k }) }

func (p *Proxy) configure(do func(*plan)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do(&p.plan)
}

// Reset removes all faults and restarts the counters.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.requests, p.writes, p.failed = emptyPlan(), 0, 0, 0
}

// Requests counts what came in, failed or not.
func (p *Proxy) Requests() int { return p.count(&p.requests) }

// Writes counts the writes that came in.
func (p *Proxy) Writes() int { return p.count(&p.writes) }

// Failed counts the requests that the proxy failed.
func (p *Proxy) Failed() int { return p.count(&p.failed) }

func (p *Proxy) count(n *int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *n
}

// faultFor counts a request and returns its number and its fault; 0: none.
func (p *Proxy) faultFor(write bool) (k int, fault Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	kind := p.plan.at[p.requests]
	if kind == 0 && p.plan.from > 0 && p.requests >= p.plan.from {
		kind = p.plan.fromKind
	}
	p.plan.cutting = p.plan.cutting || p.plan.cutFrom > 0 && p.requests >= p.plan.cutFrom
	if write {
		p.writes++
		if kind == 0 {
			kind = p.plan.atWrite[p.writes]
		}
		p.plan.cutting = p.plan.cutting || p.plan.cutFromWrite > 0 && p.writes >= p.plan.cutFromWrite
	}
	if p.plan.cutting {
		kind = CutBefore
	}
	if kind != 0 {
		p.failed++
	}
	return p.requests, kind
}

// maxBody bounds a request's body in bytes.
const maxBody = 1 << 20

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	c := read(r, body)
	switch k, kind := p.faultFor(c.write); kind {
	case 0:
		p.forward(w, r, body, k)
	case CutBefore:
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case Hung:
		<-r.Context().Done() // the client has closed the connection, or Close has
	case CutAfter:
		p.forward(discard{}, r, body, 0)
		panic(http.ErrAbortHandler)
	default:
		kind.answer(w, c)
	}
}
