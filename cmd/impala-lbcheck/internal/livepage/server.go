package livepage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/httpserve"
)

// Every is after how long a browser asks for the page again.
const Every = 2 * time.Second

// Render writes the page; a browser is to ask for it again after some time, 0 is never.
type Render func(w io.Writer, again time.Duration) error

// Server serves one page.
type Server struct {
	listener net.Listener
	stop     context.CancelFunc
	ended    chan struct{} // it serves no more

	mu     sync.Mutex
	render Render // nil: nothing to show yet
	over   bool   // what is shown does not change any more
	pages  map[time.Duration]rendered
	asked  time.Time     // when a browser that asks again did so last; zero: never
	last   chan struct{} // closed when the page of the end was fetched
}

// rendered is a page that is sent again for a while: rendering takes from the run.
type rendered struct {
	page []byte
	at   time.Time
}

// keepFor is how long a page of a run that goes on is sent again.
const keepFor = time.Second

// Listen listens on a loopback address; port 0 is any that is free.
func Listen(address string) (*Server, error) {
	address, err := addressOf(address)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; port 0 takes any that is free", err)
	}
	s := &Server{listener: l, ended: make(chan struct{}), last: make(chan struct{}), pages: map[time.Duration]rendered{}}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go func() {
		defer close(s.ended)
		_ = httpserve.Serve(ctx, l, s) // it ends with Close
	}()
	return s, nil
}

// URL is where the page is.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" }

// Show shows a run that goes on.
func (s *Server) Show(render Render) { s.set(render, false) }

// Finish shows a run that is over, and returns when a browser that asked again and
// again has fetched it, after twice the time that it takes to ask at the most, or with
// ctx. Where none did, it does not wait.
func (s *Server) Finish(ctx context.Context, render Render) {
	s.set(render, true)
	s.mu.Lock()
	watched := !s.asked.IsZero() && time.Since(s.asked) < 2*Every
	s.mu.Unlock()
	if !watched {
		return
	}
	late := time.NewTimer(2 * Every)
	defer late.Stop()
	select {
	case <-s.last:
	case <-late.C:
	case <-ctx.Done():
	}
}

// Close ends the server; a page that is being sent is sent.
func (s *Server) Close() {
	s.stop()
	<-s.ended
}

func (s *Server) set(render Render, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.render, s.over = render, over
	clear(s.pages)
}

// ServeHTTP answers with the page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for key, value := range map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		"Connection": "close", // a browser asks again and again, and keeps no room meanwhile
	} {
		h.Set(key, value)
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "there is only a page to read", http.StatusMethodNotAllowed)
	case r.URL.Path != "/":
		http.Error(w, "there is only one page, /", http.StatusNotFound)
	default:
		s.page(w, r)
	}
}

// page sends the page as it is, or as it was up to a second ago.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	again := Every
	if r.URL.Query().Get("renew") == "no" {
		again = 0
	}
	page, over, err := s.current(again)
	switch {
	case err != nil:
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	case page == nil:
		w.Header().Set("Refresh", "1")
		http.Error(w, "the run has not begun yet", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(page)
	if over && err == nil && r.Method == http.MethodGet {
		s.fetched()
	}
}

// current renders the page where the last one is old; nil: there is none yet.
func (s *Server) current(again time.Duration) (page []byte, over bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.render == nil {
		return nil, false, nil
	}
	if again > 0 {
		s.asked = time.Now()
	}
	if last, ok := s.pages[again]; ok && (s.over || time.Since(last.at) < keepFor) {
		return last.page, s.over, nil
	}
	var b bytes.Buffer
	if err := s.render(&b, again); err != nil {
		return nil, s.over, err
	}
	s.pages[again] = rendered{b.Bytes(), time.Now()}
	return b.Bytes(), s.over, nil
}

// fetched notes that the page of the end was sent.
func (s *Server) fetched() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.last:
	default:
		close(s.last)
	}
}
