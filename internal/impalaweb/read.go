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

// Limits for a coordinator's responses.
const (
	maxPage     = 2 << 20 // bytes
	maxHeader   = 64 << 10
	maxDuration = 5 * time.Second // all pages together
)

// Read reads the pages of the coordinator whose web server is at hostport,
// host:port, over one connection if the server keeps it open. The view is valid
// even with an error: it has what could be read. The error joins a *[PageError]
// for each page that failed. After a page without a response the remaining pages
// are not requested.
func Read(ctx context.Context, hostport string, s Server) (View, error) {
	if err := checkAddress(hostport); err != nil {
		return View{}, err
	}
	return readWithin(ctx, maxDuration, hostport, s)
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
		noResponse := err != nil && !errors.Is(err, errPageTooLong)
		if err == nil {
			err = p.read(&v, s, status, body)
		}
		if err != nil {
			failed = append(failed, &PageError{p.path, withoutURL(err)})
		}
		if noResponse {
			break
		}
	}
	return v, errors.Join(failed...)
}

// errOtherHost is the error of a dial to a host other than the given one.
var errOtherHost = errors.New("connections to other hosts are not allowed")

// newClient returns a client that connects only to hostport.
func newClient(hostport string) *http.Client {
	var dialer net.Dialer
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, // ignore proxy variables
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if addr != hostport {
					return nil, errOtherHost
				}
				return dialer.DialContext(ctx, network, addr)
			},
			DisableCompression:     true, // so that maxPage limits the bytes received
			MaxConnsPerHost:        1,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errPageTooLong is the error of a page longer than maxPage.
var errPageTooLong = fmt.Errorf("more than %d MiB", maxPage>>20)

// get requests one page.
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
		return 0, nil, errPageTooLong
	}
	return response.StatusCode, body, err
}
