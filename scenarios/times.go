package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/hdr"
)

// Times is how long something took, each time: a histogram of constant size, from
// 1 microsecond to an hour with three digits, beside the shortest and the longest to
// the microsecond. The zero value is empty and ready to use. A copy shares what it holds.
type Times struct {
	h        *hdrhistogram.Histogram // microseconds; nil: nothing recorded
	min, max int64                   // microseconds
}

// Record adds one time; what is shorter than a microsecond counts as one.
func (t *Times) Record(d time.Duration) {
	micros := min(max(d.Microseconds(), 1), hdr.MaxMicros)
	if t.h == nil {
		t.h, t.min, t.max = hdr.New(), micros, micros
	}
	_ = t.h.RecordValue(micros) // clamped: cannot fail
	t.min, t.max = min(t.min, micros), max(t.max, micros)
}

// Merge adds all that other has recorded.
func (t *Times) Merge(other Times) {
	if other.h == nil {
		return
	}
	if t.h == nil {
		t.h, t.min, t.max = hdr.New(), other.min, other.max
	}
	t.h.Merge(other.h)
	t.min, t.max = min(t.min, other.min), max(t.max, other.max)
}

// Clone returns a copy that shares nothing.
func (t Times) Clone() Times {
	var out Times
	out.Merge(t)
	return out
}

// Count is how many times were recorded.
func (t Times) Count() int {
	if t.h == nil {
		return 0
	}
	return int(t.h.TotalCount())
}

// QuantileRank is the rank, from 1, of the sample among n in order that a share q (0 to 1) of
// them does not exceed: the smallest that at least so many are not above. It is the one
// definition of a percentile here.
func QuantileRank(q float64, n int) int { return max(1, int(math.Ceil(q*float64(n)-1e-9))) }

// Quantile is the time of the sample at QuantileRank, to three digits and within the
// shortest and the longest; 0 where nothing was recorded, which is not a measurement: see
// Count.
func (t Times) Quantile(q float64) time.Duration { return t.Ranked(QuantileRank(q, t.Count())) }

// Min is the shortest time recorded, exactly; 0 where nothing was.
func (t Times) Min() time.Duration { return micros(t.min) }

// Max is the longest time recorded, exactly; 0 where nothing was.
func (t Times) Max() time.Duration { return micros(t.max) }

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// timesJSON is a histogram as result files hold it. Of the times only Min and Max
// are read back; results of earlier versions lack Min, and their Max is the
// histogram's.
type timesJSON struct {
	Count *int     `json:"count"`
	Min   *float64 `json:"min_ms"`
	P50   float64  `json:"p50_ms"`
	P95   float64  `json:"p95_ms"`
	P99   float64  `json:"p99_ms"`
	Max   *float64 `json:"max_ms"`
	HDR   string   `json:"hdr"`
}

// MarshalJSON writes count, percentiles and the histogram; null where it is empty.
func (t Times) MarshalJSON() ([]byte, error) {
	if t.h == nil {
		return []byte("null"), nil
	}
	encoded, err := hdr.Encode(t.h)
	if err != nil {
		return nil, err
	}
	count, shortest, longest := t.Count(), millis(t.Min()), millis(t.Max())
	return json.Marshal(timesJSON{
		Count: &count, Min: &shortest, P50: millis(t.Quantile(.5)), P95: millis(t.Quantile(.95)),
		P99: millis(t.Quantile(.99)), Max: &longest, HDR: encoded,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Times) UnmarshalJSON(b []byte) error {
	var in *timesJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*t = Times{}
	if in == nil {
		return nil
	}
	h, err := hdr.Decode(in.HDR)
	if err != nil {
		return err
	}
	t.h = h
	if in.Count != nil && *in.Count != t.Count() {
		return fmt.Errorf("count is %d, but the histogram has %d", *in.Count, t.Count())
	}
	if t.min, err = hdr.Exact(h, h.Min(), in.Min); err != nil {
		return fmt.Errorf("min_ms: %w", err)
	}
	if t.max, err = hdr.Exact(h, h.Max(), in.Max); err != nil {
		return fmt.Errorf("max_ms: %w", err)
	}
	return nil
}

// Ranked is the time of the sample of a rank: 1 is the fastest; 0 where nothing was recorded.
func (t Times) Ranked(rank int) time.Duration {
	switch n := t.Count(); {
	case n == 0 || rank <= 1:
		return t.Min()
	case rank < n: // the histogram rounds to the nearest rank
		share := (float64(rank) - .25) / float64(n)
		return micros(min(max(t.h.ValueAtQuantile(share*100), t.min), t.max))
	}
	return t.Max()
}

func millis(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

// PhaseStats is how long each phase took, over the sessions that finished it.
// The zero value is empty and ready to use. Memory does not grow with sessions.
type PhaseStats struct{ times [NumPhases]Times }

// Record adds the phases of a session that it went through: a time of 0 is a
// phase that it did not have or did not finish.
func (p *PhaseStats) Record(phases [NumPhases]time.Duration) {
	for i, d := range phases {
		if d > 0 {
			p.times[i].Record(d)
		}
	}
}

// Merge adds all that other has recorded.
func (p *PhaseStats) Merge(other PhaseStats) {
	for i, t := range other.times {
		p.times[i].Merge(t)
	}
}

// Clone returns a copy that shares nothing.
func (p PhaseStats) Clone() PhaseStats {
	var out PhaseStats
	out.Merge(p)
	return out
}

// Times is all that is known of one phase.
func (p PhaseStats) Times(phase Phase) Times { return p.times[phase] }

// Count is how many sessions finished the phase.
func (p PhaseStats) Count(phase Phase) int { return p.times[phase].Count() }

// Quantile is the time that a share q (0 to 1) of the sessions did not exceed;
// 0 where nothing was recorded, which is not a measurement: see Count.
func (p PhaseStats) Quantile(phase Phase, q float64) time.Duration {
	return p.times[phase].Quantile(q)
}

// Max is the longest time recorded; 0 where nothing was.
func (p PhaseStats) Max(phase Phase) time.Duration { return p.times[phase].Max() }

// MarshalJSON writes an object by phase name, without the phases that no session had.
func (p PhaseStats) MarshalJSON() ([]byte, error) {
	out := map[string]Times{}
	for i := range NumPhases {
		if p.Count(i) > 0 {
			out[i.String()] = p.times[i]
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote; unknown phases are left out.
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

// TagTimes is one phase, or a login, of the sessions that share a tag: what
// thresholds such as session.open{coordinator=*} need.
type TagTimes struct {
	Metric string `json:"metric"` // "session.open", "session.login", "session.lag", "query"
	Tag    string `json:"tag"`    // TagCoordinator or TagNode; "": all sessions, for metrics that no phase holds
	Value  string `json:"value"`
	Times  Times  `json:"times"`
}

// The metrics that have times and are no phase.
const (
	MetricLogin = "session.login" // from when a session was due until it was open
	MetricLag   = "session.lag"   // from when it was due until it started
	MetricQuery = "query"         // execute and fetch together

	MetricPhase = "session." // what a phase's name follows
)

// The tags.
const (
	TagCoordinator = "coordinator"
	TagNode        = "node"
)

// SortTags sorts by metric, tag and value.
func SortTags(tags []TagTimes) {
	slices.SortFunc(tags, func(a, b TagTimes) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Tag, b.Tag), cmp.Compare(a.Value, b.Value))
	})
}
