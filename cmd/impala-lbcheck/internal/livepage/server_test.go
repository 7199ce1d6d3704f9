package livepage

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/httpserve"
)

// listening is a server on a free port, with a client that keeps no connection.
func listening(t *testing.T) (*Server, *http.Client) {
	t.Helper()
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
}

// said is a page that says text, and whether it is to be renewed.
func said(text string) Render {
	return func(w io.Writer, again time.Duration) error {
		_, err := fmt.Fprintf(w, "%s, again after %s", text, again)
		return err
	}
}

func fetch(t *testing.T, c *http.Client, method, url, host string) (status int, body string, head http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b), answer.Header
}

func TestListen_RefusesWhatOthersReach(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "8080", ":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1:http", "127.0.0.1:65536"} {
		if s, err := Listen(address); err == nil {
			s.Close()
			t.Errorf("Listen(%q) listens", address)
		}
	}
}

func TestServer_AnswersForItsOwnHostAlone(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	s.Show(said("a run"))
	host := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/")
	_, port, _ := net.SplitHostPort(host)
	for _, want := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "", host, 200},
		{"GET", "", "localhost:" + port, 200},
		{"HEAD", "", host, 200},
		{"GET", "", "rebound.example.com:" + port, 421},
		{"GET", "", "rebound.example.com", 421},
		{"GET", "", "127.0.0.1", 421},
		{"POST", "", host, 405},
		{"GET", "result.json", host, 404},
		{"GET", "../etc/passwd", host, 404},
	} {
		status, body, head := fetch(t, c, want.method, s.URL()+want.path, want.host)
		if status != want.status || status != 200 && strings.Contains(body, "a run") {
			t.Errorf("%s /%s for %s: %d %q, want %d", want.method, want.path, want.host, status, body, want.status)
		}
		if head.Get("Cache-Control") != "no-store" || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s /%s: %v", want.method, want.path, head)
		}
	}
}

func TestServer_BeforeTheRun(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	if status, _, head := fetch(t, c, "GET", s.URL(), ""); status != 503 || head.Get("Refresh") == "" {
		t.Errorf("status %d, %v", status, head)
	}
}

func TestServer_RendersSeldom(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	rendered := 0
	s.Show(func(w io.Writer, again time.Duration) error { rendered++; return said("a run")(w, again) })
	for range 5 {
		_, body, _ := fetch(t, c, "GET", s.URL()+"?renew=no", "")
		if body != "a run, again after 0s" {
			t.Errorf("the page is %q", body)
		}
	}
	if rendered == 5 {
		t.Error("five requests in a row were rendered five times")
	}
}

// A browser that follows the run has its end, too; without one nothing waits.
func TestServer_Finish(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	s.Finish(t.Context(), said("the end of a run that nobody follows"))
	s.Show(said("a run"))
	if _, body, _ := fetch(t, c, "GET", s.URL(), ""); body != "a run, again after 2s" {
		t.Errorf("the page is %q", body)
	}
	fetched := make(chan error)
	go func() {
		for body := ""; body != "the end, again after 2s"; {
			answer, err := c.Get(s.URL())
			if err != nil {
				fetched <- err
				return
			}
			b, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			body = string(b)
		}
		fetched <- nil
	}()
	s.Finish(t.Context(), said("the end"))
	if err := <-fetched; err != nil {
		t.Error(err)
	}
}

// A run that is interrupted does not wait for who follows it.
func TestServer_FinishEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	s.Show(said("a run"))
	fetch(t, c, "GET", s.URL(), "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	s.Finish(ctx, said("the end"))
	if took := time.Since(began); took > Every {
		t.Errorf("Finish took %s", took)
	}
}

func TestServer_BoundsItsConnections(t *testing.T) {
	t.Parallel()
	s, c := listening(t)
	s.Show(said("a run"))
	for range httpserve.MaxConnections {
		conn, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if answer, err := c.Get(s.URL()); err == nil {
		answer.Body.Close()
		t.Error("one connection more was answered")
	}
}
