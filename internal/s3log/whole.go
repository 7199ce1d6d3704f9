package s3log

import (
	"errors"
	"fmt"
	"io"
)

// whole is a body that has to have a size.
type whole struct {
	io.ReadCloser
	name       string
	size, left int64
}

// Read fails where the body goes on after its size, or ends before it.
func (w *whole) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.left -= int64(n)
	switch {
	case w.left < 0:
		return n, fmt.Errorf("%s is longer than the %d bytes that the bucket's list says", w.name, w.size)
	case errors.Is(err, io.EOF) && w.left > 0:
		return n, fmt.Errorf("%s breaks off after %d of the %d bytes that the bucket's list says", w.name, w.size-w.left, w.size)
	}
	return n, err
}
