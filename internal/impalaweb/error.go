package impalaweb

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// PageError is a page of which nothing, or not all, could be read.
type PageError struct {
	Path string // as it was asked for: "/varz?json"
	Err  error
}

// maxText bounds an error's text in bytes: net/http quotes what it cannot read.
const maxText = 256

// Error names the page and why, on one line. What it quotes of the answer is
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

// withoutURL drops what the page's path says already.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// checkAddress refuses what is no host:port: the address becomes part of a URL.
func checkAddress(hostport string) error {
	u, err := url.Parse("http://" + hostport + "/")
	if err != nil || u.Host != hostport || u.User != nil || u.Hostname() == "" || u.Port() == "" {
		return fmt.Errorf("impalaweb: %.80q is no host:port", hostport)
	}
	return nil
}
