package impalaweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Bounds of what a coordinator can make a reader wait and keep.
const (
	maxPage   = 2 << 20 // bytes
	maxHeader = 64 << 10
	maxTime   = 5 * time.Second // all pages together
)

// Read reads the pages of the coordinator at hostport, host:port of its web
// server, over one connection where the server keeps it. The view is of use
// beside an error too: it has what could be read. The error joins a *[PageError]
// for each page that failed; where one brings no answer at all, the pages after
// it are not asked for.
func Read(ctx context.Context, hostport string, s Server) (View, error) {
	if err := checkAddress(hostport); err != nil {
		return View{}, err
	}
	return readWithin(ctx, maxTime, hostport, s)
}

func readWithin(ctx context.Context, limit time.Duration, hostport string, s Server) (View, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	client := newClient(hostport)
	defer client.CloseIdleConnections()
	var v View
	var failed []error
	for _, p := range pages {
		status, body, err := get(ctx, client, "http://"+hostport+p.path)
		unanswered := err != nil && !errors.Is(err, errTooLong)
		if err == nil {
			err = p.read(&v, s, status, body)
		}
		if err != nil {
			failed = append(failed, &PageError{p.path, withoutURL(err)})
		}
		if unanswered {
			break
		}
	}
	return v, errors.Join(failed...)
}

// errElsewhere is a dial to another host than the one that was given.
var errElsewhere = errors.New("impalaweb: another host than the one given")

// newClient reaches hostport and nothing else.
func newClient(hostport string) *http.Client {
	var dialer net.Dialer
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, // whatever the environment says
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if addr != hostport {
					return nil, errElsewhere
				}
				return dialer.DialContext(ctx, network, addr)
			},
			DisableCompression:     true, // a page is as long as what comes
			MaxConnsPerHost:        1,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errTooLong is a page of more than the bound.
var errTooLong = fmt.Errorf("more than %d MiB", maxPage>>20)

// get asks for one page.
func get(ctx context.Context, c *http.Client, url string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("User-Agent", "impala-lbcheck")
	response, err := c.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if len(body) > maxPage {
		return 0, nil, errTooLong
	}
	return response.StatusCode, body, err
}
