package faultproxy

import (
	"bytes"
	"io"
	"maps"
	"net/http"
)

// Answer is what the target answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Change has change answer the k-th request in the target's place; where it does not, the
// target's answer is left. It must not panic but with [http.ErrAbortHandler], which closes
// the connection.
func (p *Proxy) Change(change func(k int, w http.ResponseWriter, answer Answer) (done bool)) {
	p.configure(func(pl *plan) { pl.change = change })
}

// forward sends the k-th request to the target and returns its answer.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request, body []byte, k int) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.target+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	out.Header, out.Host = r.Header.Clone(), r.Host // as signed
	answer, err := p.transport.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	if change := p.change(); change != nil && k > 0 {
		said, err := io.ReadAll(answer.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if change(k, w, Answer{answer.StatusCode, answer.Header, said}) {
			return
		}
		answer.Body = io.NopCloser(bytes.NewReader(said))
	}
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // the client may have gone away
}

func (p *Proxy) change() func(int, http.ResponseWriter, Answer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plan.change
}

// discard is an answer that is dropped.
type discard struct{}

func (discard) Header() http.Header            { return http.Header{} }
func (discard) Write(text []byte) (int, error) { return len(text), nil }
func (discard) WriteHeader(int)                {}
