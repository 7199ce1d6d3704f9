package impalaweb

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// PageError is returned if a page could not be read, or not completely.
type PageError struct {
	Path string // as requested: "/varz?json"
	Err  error
}

// maxText limits an error message in bytes, because net/http quotes invalid
// responses.
const maxText = 256

// Error returns the page and the cause in one line. Quotes from the response are
// untrusted.
func (e *PageError) Error() string {
	text := strings.ReplaceAll(e.Err.Error(), "\n", "; ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return e.Path + ": " + text
}

// Unwrap returns the cause.
func (e *PageError) Unwrap() error { return e.Err }

// withoutURL removes the URL from an error, because PageError has the path.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// checkAddress checks that an address is host:port, because it becomes part of a
// URL.
func checkAddress(hostport string) error {
	u, err := url.Parse("http://" + hostport + "/")
	if err != nil || u.Host != hostport || u.User != nil || u.Hostname() == "" || u.Port() == "" {
		return fmt.Errorf("invalid address %.80q: it must be host:port", hostport)
	}
	return nil
}
