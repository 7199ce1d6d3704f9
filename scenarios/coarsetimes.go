package scenarios

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/hdr"
)

// CoarseTimes counts times in steps, each longer by a fourth root of two than the one
// before: step i is from 2^(i/4) to 2^((i+1)/4) microseconds. A quantile is within 9.1 %
// of the time that it stands for. It takes the room of the steps from the shortest to the
// longest time, CoarseSteps at the most, and a merge is exact. The zero value is empty and
// ready to use. A copy shares what it holds.
type CoarseTimes struct {
	first  int   // step of counts[0]
	counts []int // the first and the last are not 0
}

// CoarseSteps is how many steps there are: up to an hour.
const CoarseSteps = 127

// stepsPerDouble is how many steps a time takes to double.
const stepsPerDouble = 4

// Record adds one time; what is shorter than a microsecond counts as one.
func (c *CoarseTimes) Record(d time.Duration) {
	micros := min(max(d.Microseconds(), 1), hdr.MaxMicros)
	c.add(int(stepsPerDouble*math.Log2(float64(micros))), 1)
}

// add counts n times more in a step.
func (c *CoarseTimes) add(step, n int) {
	switch {
	case len(c.counts) == 0:
		c.first, c.counts = step, []int{0}
	case step < c.first:
		c.counts = slices.Insert(c.counts, 0, make([]int, c.first-step)...)
		c.first = step
	case step >= c.first+len(c.counts):
		c.counts = append(c.counts, make([]int, step-c.first-len(c.counts)+1)...)
	}
	c.counts[step-c.first] += n
}

// Merge adds all that other has recorded.
func (c *CoarseTimes) Merge(other CoarseTimes) {
	for i, n := range other.counts {
		if n > 0 {
			c.add(other.first+i, n)
		}
	}
}

// Clone returns a copy that shares nothing.
func (c CoarseTimes) Clone() CoarseTimes { return CoarseTimes{c.first, slices.Clone(c.counts)} }

// IsZero reports whether nothing was recorded.
func (c CoarseTimes) IsZero() bool { return len(c.counts) == 0 }

// Count is how many times were recorded.
func (c CoarseTimes) Count() int {
	sum := 0
	for _, n := range c.counts {
		sum += n
	}
	return sum
}

// Quantile is the middle, by its logarithm, of the step that a share q (0 to 1) of the
// times did not exceed; 0 where nothing was recorded, which is not a measurement.
func (c CoarseTimes) Quantile(q float64) time.Duration {
	rank := QuantileRank(q, c.Count())
	for i, n := range c.counts {
		if rank -= n; rank <= 0 {
			micros := math.Exp2((float64(c.first+i) + .5) / stepsPerDouble)
			return time.Duration(micros * float64(time.Microsecond))
		}
	}
	return 0
}

// coarseText is how the numbers of coarse times are written: a series has hundreds of them.
var coarseText = base64.RawStdEncoding.Strict()

// MarshalText writes numbers as base64 of unsigned varints: the first step, and the count
// of it and of each one that follows. Of steps without any there is one count of 0, and
// after it how many they are.
func (c CoarseTimes) MarshalText() ([]byte, error) {
	if c.IsZero() {
		return nil, nil
	}
	b := binary.AppendUvarint(nil, uint64(c.first))
	for i := 0; i < len(c.counts); i++ {
		b = binary.AppendUvarint(b, uint64(c.counts[i]))
		if c.counts[i] == 0 {
			empty := slices.IndexFunc(c.counts[i:], func(n int) bool { return n > 0 })
			b = binary.AppendUvarint(b, uint64(empty))
			i += empty - 1
		}
	}
	return coarseText.AppendEncode(nil, b), nil
}

// maxCoarse bounds the text of coarse times, in bytes: six are the longest count's.
const maxCoarse = 8 * (CoarseSteps + 1)

// UnmarshalText reads what MarshalText wrote, and nothing else.
func (c *CoarseTimes) UnmarshalText(text []byte) error {
	*c = CoarseTimes{}
	if len(text) > maxCoarse {
		return fmt.Errorf("coarse times of %d bytes; the limit is %d", len(text), maxCoarse)
	}
	b, err := coarseText.AppendDecode(nil, text)
	if err != nil || len(b) == 0 {
		return err
	}
	next := func(limit int) (n int) {
		v, size := binary.Uvarint(b)
		if size <= 0 || v > uint64(limit) {
			err = fmt.Errorf("coarse times %.40q: a number that is missing, or larger than %d", text, limit)
			return 0
		}
		b = b[size:]
		return int(v)
	}
	step := next(CoarseSteps - 1)
	for ; len(b) > 0 && err == nil && step < CoarseSteps; step++ {
		if n := next(maxCount); n > 0 {
			c.add(step, n)
		} else {
			step += next(CoarseSteps) - 1
		}
	}
	if again, _ := c.MarshalText(); err == nil && string(again) != string(text) {
		err = fmt.Errorf("coarse times %.40q: %.40q would say the same", text, again)
	}
	return err
}
