package simcluster

import (
	"bufio"
	"errors"
	"io"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
)

// Limits of an HTTP request. Impala has none of its own; a request within them is answered
// as there, and one beyond them ends the connection.
const (
	maxHTTPHead   = 64 << 10 // a Kerberos ticket with a large authorization part fits
	maxHTTPFields = 100
)

// httpReadBuffer is the size of the read buffer of an HTTP connection, as in Impala.
const httpReadBuffer = 1 << 10

// httpField is one header field.
type httpField struct{ name, value string }

// httpFields are header fields in the order in which they are sent.
type httpFields []httpField

// last returns the value of the last field with a name; "" if there is none. Impala looks
// at the last one of every field but X-Forwarded-For.
func (h httpFields) last(name string) string {
	for _, f := range slices.Backward(h) {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// first returns the value of the first field with a name; "" if there is none.
func (h httpFields) first(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// without returns the fields but those with a name.
func (h httpFields) without(name string) httpFields {
	return slices.DeleteFunc(h, func(f httpField) bool { return strings.EqualFold(f.name, name) })
}

// requestHead is the head of an HTTP request, as far as Impala reads it
// (be/src/transport/THttpServer.cpp).
type requestHead struct {
	method, target string
	fields         httpFields
}

// errBadRequest ends a connection. As in Impala it has no answer.
var errBadRequest = errors.New("not a request that Impala answers")

// readHead reads the head of the next request. Empty lines before it are skipped, lines
// without a colon are ignored.
func readHead(in *bufio.Reader) (requestHead, error) {
	left := maxHTTPHead
	line, err := readLine(in, &left)
	for err == nil && line == "" {
		line, err = readLine(in, &left)
	}
	if err != nil {
		return requestHead{}, err
	}
	method, rest, hasTarget := strings.Cut(line, " ")
	target, _, hasVersion := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !hasTarget || !hasVersion {
		return requestHead{}, errBadRequest
	}
	head := requestHead{method: method, target: target}
	for {
		line, err := readLine(in, &left)
		if err != nil || line == "" {
			return head, err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		if len(head.fields) == maxHTTPFields {
			return head, errBadRequest
		}
		head.fields = append(head.fields, httpField{name, strings.Trim(value, " \t")})
	}
}

// readLine reads a line without its end, which counts against left.
func readLine(in *bufio.Reader, left *int) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return "", errBadRequest
		}
		line = append(line, part...)
		if err == nil {
			return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// expectsContinue reports whether the client waits for "100 Continue" before the body.
func (h requestHead) expectsContinue() bool {
	return strings.Contains(strings.ToLower(h.fields.last("Expect")), "100-continue")
}

// body returns the body of the request; nil if it is empty.
func (h requestHead) body(in *bufio.Reader) (*httpBody, error) {
	if strings.Contains(strings.ToLower(h.fields.last("Transfer-Encoding")), "chunked") {
		return &httpBody{content: io.LimitReader(httputil.NewChunkedReader(in), maxRequest), trailer: in}, nil
	}
	text := h.fields.last("Content-Length")
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n > maxRequest {
		return nil, errBadRequest
	}
	if n == 0 {
		return nil, nil
	}
	return &httpBody{content: io.LimitReader(in, int64(n))}, nil
}

// httpBody is the body of a request.
type httpBody struct {
	content io.Reader
	trailer *bufio.Reader // of a chunked body; nil: none
	starved func()        // called where a call needs more bytes than the body has
}

// Read reads the body. Impala takes what a call lacks for part of the next request, for
// which it waits: so does starved.
func (b *httpBody) Read(p []byte) (int, error) {
	n, err := b.content.Read(p)
	if n == 0 && errors.Is(err, io.EOF) {
		b.starved()
	}
	return n, err
}

// discard reads what is left of the body, with its trailer.
func (b *httpBody) discard() error {
	if _, err := io.Copy(io.Discard, b.content); err != nil {
		return err
	}
	left := maxHTTPHead
	for b.trailer != nil {
		if line, err := readLine(b.trailer, &left); err != nil || line == "" {
			return err
		}
	}
	return nil
}
