// Package hdr makes histograms of one shape, and reads and writes them as result
// files hold them: HdrHistogram's V2 encoding in base64. What it reads may come from
// a stranger, and takes no more memory than a histogram of that shape.
package hdr

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MaxMicros is the longest time that a histogram holds, in microseconds; the
// shortest is 1.
const MaxMicros = int64(time.Hour / time.Microsecond)

// digits is the precision of a histogram, in significant decimal digits.
const digits = 3

// maxEncoded bounds an encoded histogram, in bytes: one with every counter in use
// is smaller.
const maxEncoded = 1 << 20

// maxSamples bounds what one histogram may count, so that sums over phases and
// looks do not overflow.
const maxSamples = 1 << 40

// New returns an empty histogram.
func New() *hdrhistogram.Histogram { return hdrhistogram.New(1, MaxMicros, digits) }

// Encode returns the text that Decode reads.
func Encode(h *hdrhistogram.Histogram) (string, error) {
	b, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return string(b), nil
}

// Decode reads what Encode wrote, and fails on a histogram of another shape. The
// library allocates what the header asks for (48 MB for 1 to 2^63-1 at five
// digits), so the header is checked first.
func Decode(encoded string) (*hdrhistogram.Histogram, error) {
	if len(encoded) > maxEncoded {
		return nil, fmt.Errorf("histogram of %d bytes; the limit is %d", len(encoded), maxEncoded)
	}
	if err := checkHeader(encoded); err != nil {
		return nil, err
	}
	h, err := hdrhistogram.Decode([]byte(encoded))
	if err != nil {
		return nil, err
	}
	if n := h.TotalCount(); n < 0 || n > maxSamples {
		return nil, fmt.Errorf("histogram of %d samples", n)
	}
	return h, nil
}

// header begins HdrHistogram's V2 encoding, once inflated, as HdrHistogram's Java
// AbstractHistogram.encodeIntoByteBuffer writes it.
type header struct {
	Cookie, PayloadLength, Offset, Digits int32
	Lowest, Highest                       int64
	Ratio                                 float64
}

// checkHeader fails unless the header declares the shape of New.
func checkHeader(encoded string) error {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	const outer = 8 // cookie and length, before the compressed part
	if len(raw) < outer {
		return errors.New("histogram is too short")
	}
	z, err := zlib.NewReader(bytes.NewReader(raw[outer:]))
	if err != nil {
		return fmt.Errorf("inflate histogram: %w", err)
	}
	var head header
	if err := binary.Read(io.LimitReader(z, int64(binary.Size(head))), binary.BigEndian, &head); err != nil {
		return fmt.Errorf("histogram's header: %w", err)
	}
	if head.Lowest != 1 || head.Highest != MaxMicros || head.Digits != digits {
		return fmt.Errorf("histogram spans %d to %d with %d digits, not 1 to %d with %d",
			head.Lowest, head.Highest, head.Digits, MaxMicros, digits)
	}
	return nil
}

// Exact is a time that a file holds in milliseconds, in microseconds: one that the
// histogram has rounded to a value. Where the file does not hold it, it is that value.
func Exact(h *hdrhistogram.Histogram, rounded int64, millis *float64) (int64, error) {
	if millis == nil {
		return rounded, nil
	}
	micros := math.Round(*millis * 1000)
	if !(micros >= 0 && micros <= float64(MaxMicros)) || !h.ValuesAreEquivalent(int64(micros), rounded) {
		return 0, fmt.Errorf("%v is not the histogram's %v", *millis, float64(rounded)/1000)
	}
	return int64(micros), nil
}
