package scenarios

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MarshalJSON writes an object by phase name, without the phases that nobody had.
func (p PhaseStats) MarshalJSON() ([]byte, error) {
	out := map[string]Times{}
	for i := range NumPhases {
		if p.Count(i) > 0 {
			out[i.String()] = p.times[i]
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote; phases it does not know are left out.
func (p *PhaseStats) UnmarshalJSON(b []byte) error {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*p = PhaseStats{}
	for name, raw := range in {
		var phase Phase
		if phase.UnmarshalText([]byte(name)) != nil {
			continue
		}
		if err := p.times[phase].UnmarshalJSON(raw); err != nil {
			return fmt.Errorf("phase %s: %w", name, err)
		}
	}
	return nil
}

// A histogram of ours, every counter in use, encodes to less than maxHDR.
const maxHDR = 1 << 20

// maxSamples bounds what one histogram may count, so that sums over phases and
// looks stay numbers.
const maxSamples = 1 << 40

// decodeHDR reads a histogram that a stranger may have written. The library
// allocates what the header asks for (48 MB for 1 to 2^63-1 at five digits), so
// the header is looked at first.
func decodeHDR(encoded string) (*hdrhistogram.Histogram, error) {
	if len(encoded) > maxHDR {
		return nil, fmt.Errorf("histogram of %d bytes", len(encoded))
	}
	if err := checkHDR(encoded); err != nil {
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

// hdrHeader is the head of HdrHistogram's V2 encoding, once inflated, as
// HdrHistogram's Java AbstractHistogram.encodeIntoByteBuffer writes it.
type hdrHeader struct {
	Cookie, PayloadLength, Offset, Digits int32
	Lowest, Highest                       int64
	Ratio                                 float64
}

// checkHDR fails unless the header declares the shape that [Times] records in.
func checkHDR(encoded string) error {
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
	var head hdrHeader
	if err := binary.Read(io.LimitReader(z, int64(binary.Size(head))), binary.BigEndian, &head); err != nil {
		return fmt.Errorf("histogram's head: %w", err)
	}
	if head.Lowest != 1 || head.Highest != highestMicros || head.Digits != histDigits {
		return fmt.Errorf("histogram spans %d to %d with %d digits, not 1 to %d with %d",
			head.Lowest, head.Highest, head.Digits, highestMicros, histDigits)
	}
	return nil
}

func millis(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}
