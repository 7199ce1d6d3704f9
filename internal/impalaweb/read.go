package impalaweb

import (
	"context"
	"errors"
	"fmt"
	"io"
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
// for each page that failed. After a page without a response, or a rejected login,
// the remaining pages are not requested.
func Read(ctx context.Context, hostport string, s Server, a Access) (View, error) {
	if err := checkAddress(hostport); err != nil {
		return View{}, err
	}
	return readWithin(ctx, maxDuration, hostport, s, a)
}

func readWithin(ctx context.Context, limit time.Duration, hostport string, s Server, a Access) (View, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r := reader{http: newClient(hostport, a), base: a.scheme() + "://" + hostport, login: newLogin(a)}
	defer r.http.CloseIdleConnections()
	var v View
	var failed []error
	for i, p := range pages {
		status, body, err := r.get(ctx, p.path)
		if i == 0 {
			err = a.explain(ctx, hostport, status, err)
		}
		noMore := err != nil && !errors.Is(err, errPageTooLong)
		if err == nil {
			err = p.read(&v, s, status, body)
		}
		if err != nil {
			failed = append(failed, &PageError{p.path, withoutURL(err)})
		}
		if noMore {
			break
		}
	}
	return v, errors.Join(failed...)
}

// reader requests the pages of one server.
type reader struct {
	http  *http.Client
	base  string // scheme://host:port
	login *login // nil: none
}

// errPageTooLong is the error of a page longer than maxPage.
var errPageTooLong = fmt.Errorf("more than %d MiB", maxPage>>20)

// maxChallenges is how many challenges to log in are answered for one page: the second
// says that the first has become stale.
const maxChallenges = 2

// get requests one page, and logs in if the server asks for it.
func (r *reader) get(ctx context.Context, path string) (status int, body []byte, err error) {
	for range maxChallenges {
		var header http.Header
		status, header, body, err = r.request(ctx, path)
		if err != nil || status != http.StatusUnauthorized || r.login == nil {
			return status, body, err
		}
		if err := r.login.accept(header); err != nil {
			return 0, nil, err
		}
	}
	status, _, body, err = r.request(ctx, path)
	if err == nil && status == http.StatusUnauthorized {
		err = ErrLoginRejected
	}
	return status, body, err
}

// request requests one page once.
func (r *reader) request(ctx context.Context, path string) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header.Set("User-Agent", "impala-lbcheck")
	if text := r.login.authorization(request.Method, request.URL.RequestURI()); text != "" {
		request.Header.Set("Authorization", text)
	}
	response, err := r.http.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if len(body) > maxPage {
		return 0, nil, nil, errPageTooLong
	}
	return response.StatusCode, response.Header, body, err
}
