package scenarios

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/bounds"
)

func coarse(times ...time.Duration) CoarseTimes {
	var c CoarseTimes
	for _, d := range times {
		c.Record(d)
	}
	return c
}

func TestCoarseTimes_QuantilesAreWithinTheirError(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 1))
	const bound = .091
	for range 200 {
		var all []time.Duration
		for range 1 + rnd.IntN(300) {
			all = append(all, time.Duration(math.Exp(rnd.Float64()*math.Log(float64(time.Hour/time.Microsecond))))*time.Microsecond)
		}
		c := coarse(all...)
		slices.Sort(all)
		for _, q := range []float64{0, .5, .95, .99, 1} {
			want := all[max(1, int(math.Ceil(q*float64(len(all)))))-1]
			if got := c.Quantile(q); math.Abs(float64(got)/float64(want)-1) > bound {
				t.Errorf("p%g of %d is %s, not %s", 100*q, len(all), got, want)
			}
		}
		if c.Count() != len(all) || len(c.counts) > CoarseSteps {
			t.Errorf("%d of %d, %d steps", c.Count(), len(all), len(c.counts))
		}
	}
}

func TestCoarseTimes_OutOfRange(t *testing.T) {
	t.Parallel()
	c := coarse(-time.Second, 0, time.Nanosecond, 48*time.Hour)
	if want := (CoarseTimes{0, append(append([]int{3}, make([]int, 125)...), 1)}); !reflect.DeepEqual(c, want) {
		t.Errorf("%+v", c)
	}
	if q := (CoarseTimes{}).Quantile(.5); q != 0 {
		t.Errorf("the middle of nothing is %s", q)
	}
}

func TestCoarseTimes_MergedEqualThoseOfAll(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(2, 2))
	var all CoarseTimes
	parts := make([]CoarseTimes, 16)
	for range 5000 {
		d := time.Duration(math.Exp(rnd.NormFloat64()*3) * float64(time.Millisecond))
		all.Record(d)
		parts[rnd.IntN(len(parts))].Record(d)
	}
	var sum CoarseTimes
	for _, p := range parts {
		sum.Merge(p)
	}
	if !reflect.DeepEqual(sum, all) {
		t.Errorf("%+v, not %+v", sum, all)
	}
	var read CoarseTimes
	text, _ := all.MarshalText()
	if err := read.UnmarshalText(text); err != nil || !reflect.DeepEqual(read, all) {
		t.Errorf("read again, %q is %+v: %v", text, read, err)
	}
}

func TestCoarseTimes_Text(t *testing.T) {
	t.Parallel()
	encoded := func(numbers ...uint64) string {
		var b []byte
		for _, n := range numbers {
			b = binary.AppendUvarint(b, n)
		}
		return base64.RawStdEncoding.EncodeToString(b)
	}
	full := []uint64{0}
	for range CoarseSteps {
		full = append(full, maxCount)
	}
	for name, text := range map[string]string{
		"none": "", "one": encoded(0, 1), "the last step": encoded(126, 1), "a gap": encoded(37, 2, 450, 0, 64, 4), "the largest counts": encoded(full...),
	} {
		var c CoarseTimes
		if err := c.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := c.MarshalText(); string(got) != text {
			t.Errorf("%s: %q is written %q", name, text, got)
		}
	}
	for name, text := range map[string]string{
		"no base64": "!", "padding": "AAE=", "bits that say nothing": "AAF", "no count": encoded(3), "a step beyond": encoded(127, 1), "a count of none at the end": encoded(3, 1, 0, 1),
		"beyond the last": encoded(126, 1, 1), "a gap beyond the last": encoded(126, 1, 0, 9, 1), "a gap of none": encoded(3, 1, 0, 0, 1), "half a gap": encoded(3, 1, 0),
		"a gap first": encoded(3, 0, 1, 1), "too many": encoded(3, maxCount+1), "a gap in two parts": encoded(3, 1, 0, 1, 0, 1, 1),
		"half a number": base64.RawStdEncoding.EncodeToString([]byte{3, 128}), "a number in more bytes than it takes": base64.RawStdEncoding.EncodeToString([]byte{3, 129, 0}),
		"too long": strings.Repeat("A", 2000),
	} {
		var c CoarseTimes
		if err := c.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s: %.60q is taken: %+v", name, text, c)
		}
	}
}

func TestResult_SeriesWithoutAnyRun(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"width_s":1,"points":[{"started":1,"ok":1,"login_max_s":0.1,"logins":"QgI"}]}`: "series.points[0]: 2 logins of 1 sessions",
		`{"width_s":1,"points":[{"started":1,"ok":1,"open":-1}]}`:                        "series.points[0].open: invalid count -1",
	} {
		var r Result
		if err := json.Unmarshal([]byte(text), &r.Series); err != nil {
			t.Fatal(err)
		}
		if err := bounds.Check(r, checkBounds); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
