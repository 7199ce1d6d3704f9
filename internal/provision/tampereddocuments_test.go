package provision

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// hostile are answers that nobody gives in good faith, in the place of any answer. An empty
// word: it may be taken as AWS's.
var hostile = map[string]struct {
	answer func(w http.ResponseWriter, a faultproxy.Answer)
	says   string // of the error that follows
}{
	"no body":            {instead("text/xml", ""), "it is empty"},
	"a page of a proxy":  {instead("text/html", "<html><head><title>Sign in</title></head><body>Please sign in.</body></html>"), "<html> stands where"},
	"another document":   {instead("text/xml", "<ListAllMyBucketsResult></ListAllMyBucketsResult>"), "stands where"},
	"a refusal as done":  {instead("text/xml", "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"), "stands where"},
	"deep XML":           {repeated("<a>", 1<<20), "nested"},
	"deep JSON":          {repeated(`{"a":[`, 1<<20), "nested"},
	"a million elements": {repeated("<item/>", 1<<20), "more than 50000 entries"},
	"a million members":  {repeated("<member/>", 1<<20), "more than 50000 entries"},
	"a million objects":  {repeated("{},", 1<<20), "more than 50000 entries"},
	"an endless text":    {repeated("x", 64*maxAnswer), "longer than 16 MiB"},
	"endless elements":   {repeated("<item></item>", 8*maxAnswer), "longer than 16 MiB"},
	"a full list":        {filled, ""},
	"a zip bomb":         {zipped(1 << 28), "longer than 16 MiB"},
	"no zip":             {claimed("Content-Encoding", "gzip"), "gzip"},
	"a length of 2^40":   {claimed("Content-Length", "1099511627776"), "EOF"},
	"another type":       {claimed("Content-Type", "image/png"), ""},
	"a redirect to itself": {func(w http.ResponseWriter, _ faultproxy.Answer) {
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}, "is it AWS that answers?"},
	"a redirect to another": {func(w http.ResponseWriter, _ faultproxy.Answer) {
		w.Header().Set("Location", "http://192.0.2.1/")
		w.WriteHeader(http.StatusPermanentRedirect)
	}, "is it AWS that answers?"},
	"a list without an end": {func(w http.ResponseWriter, a faultproxy.Answer) { _, _ = w.Write(continued(a.Body)) }, ""},
	"control characters": {func(w http.ResponseWriter, a faultproxy.Answer) {
		_, _ = w.Write(regexp.MustCompile(`>[a-z]`).ReplaceAll(a.Body, []byte(">\u009b31m\u202e::error::")))
	}, ""},
	"numbers out of range": {func(w http.ResponseWriter, a faultproxy.Answer) {
		_, _ = w.Write(regexp.MustCompile(`([>:])[0-9]+([<,}])`).ReplaceAll(a.Body, []byte("${1}99999999999999999999$2")))
	}, ""},
	"negative numbers": {func(w http.ResponseWriter, a faultproxy.Answer) {
		_, _ = w.Write(regexp.MustCompile(`([>:])[0-9]+([<,}])`).ReplaceAll(a.Body, []byte("$1-2147483648$2")))
	}, ""},
}

// instead is another body.
func instead(kind, body string) func(http.ResponseWriter, faultproxy.Answer) {
	return func(w http.ResponseWriter, _ faultproxy.Answer) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(body))
	}
}

// opening is how a document begins, until its first list.
func opening(body []byte) []byte {
	if at := regexp.MustCompile(`<\w*(Set|Descriptions|Groups|Listeners|LoadBalancers|TagSet)>|"\w+":\[`).FindIndex(body); at != nil {
		return bytes.Clone(body[:at[1]])
	}
	return bytes.Clone(regexp.MustCompile(`^(<\?[^>]*>)?\s*(<[^>]*>){0,2}`).Find(body))
}

// repeated is a part many times, within the root and the first list of the answer, until
// the client has gone.
func repeated(part string, n int) func(http.ResponseWriter, faultproxy.Answer) {
	const together = 1 << 10
	parts := []byte(strings.Repeat(part, together))
	return func(w http.ResponseWriter, a faultproxy.Answer) {
		_, _ = w.Write(opening(a.Body))
		for range n / together {
			if _, err := w.Write(parts); err != nil {
				return
			}
		}
	}
}

// filled is the answer, with as many elements in its first list as are read.
func filled(w http.ResponseWriter, a faultproxy.Answer) {
	begin := opening(a.Body)
	part := "<item/><member/>"
	if bytes.HasPrefix(begin, []byte("{")) {
		part = "{},{},"
	}
	_, _ = w.Write(begin)
	_, _ = w.Write([]byte(strings.Repeat(part, (maxEntries-1000)/2)))
	_, _ = w.Write(a.Body[len(begin):])
}

// zipped is a small body that is large once it is unpacked.
func zipped(size int) func(http.ResponseWriter, faultproxy.Answer) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range size >> 16 {
		_, _ = z.Write(make([]byte, 1<<16))
	}
	_ = z.Close()
	return func(w http.ResponseWriter, _ faultproxy.Answer) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
	}
}

// claimed is the answer under a header that it does not keep.
func claimed(header, value string) func(http.ResponseWriter, faultproxy.Answer) {
	return func(w http.ResponseWriter, a faultproxy.Answer) {
		w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
		w.Header().Set(header, value)
		_, _ = w.Write(a.Body)
	}
}

// continued has another page after the answer, always of the same name.
func continued(body []byte) []byte {
	for _, ends := range []string{`</\w+Result>\s*`, `<(/\w+Response|ResponseMetadata)>\s*`} {
		marker := "<NextMarker>again</NextMarker>"
		if strings.Contains(ends, "Response") {
			marker = "<nextToken>again</nextToken>"
		}
		if at := regexp.MustCompile(ends).FindIndex(body); at != nil {
			return append(append(bytes.Clone(body[:at[0]]), marker...), body[at[0]:]...)
		}
	}
	return regexp.MustCompile(`^\{`).ReplaceAll(body, []byte(`{"NextToken":"again",`))
}

// peak is how much more memory was in use while do ran.
func peak(do func()) uint64 {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	ctx, stop := context.WithCancel(context.Background())
	most := make(chan uint64)
	go func() {
		var m runtime.MemStats
		var top uint64
		for ctx.Err() == nil {
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse)
			time.Sleep(time.Millisecond)
		}
		most <- top
	}()
	do()
	stop()
	return max(<-most, before.HeapInuse) - before.HeapInuse
}

// mostInUse is what hostile answers may take: four times the bound of an answer and 32 MiB.
const mostInUse = 4*maxAnswer + 32<<20

// Documents that nobody sends in good faith are in the place of an answer that a plan reads,
// and of the ones after it: the plan ends within its bounds, with an error of one line that
// says what was wrong, or as it was.
func TestTampered_DocumentsOfAWS(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that what is in use is what is needed
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), networkTLSFile(t)
	mustApply(t, c, spec)
	p := newProxy(t, c)
	client := limits{connect: time.Minute, answer: time.Minute}.client()
	t.Cleanup(func() { client.GetTransport().CloseIdleConnections() })
	cloud := c.cloud(t, p.URL(), "us-east-1", func(config *aws.Config) { config.HTTPClient = client })
	whole, err := MakePlan(t.Context(), cloud, spec)
	if err != nil || len(actions(whole.Changes)) > 0 {
		t.Fatalf("%v, %q", err, actions(whole.Changes))
	}
	var calls []int
	for k := range p.Requests() {
		calls = append(calls, k+1)
	}
	var tried peertest.Tried
	for i, name := range slices.Sorted(maps.Keys(hostile)) {
		h := hostile[name]
		for _, k := range peertest.Some(calls[i%len(calls):], 1, 7) {
			m := planWith(t, p, cloud, spec, k, h.answer)
			tried.Note(m.took, m.peak, m.err == nil)
			what := fmt.Sprintf("%s from call %d on", name, k)
			if m.peak > mostInUse {
				t.Errorf("%s: %d MiB in use", what, m.peak>>20)
			}
			switch {
			case m.err != nil:
				checkOneLine(t, what, m.err)
				if !strings.Contains(m.err.Error(), h.says) && !strings.Contains(m.err.Error(), "none of this call") {
					t.Errorf("%s: %v", what, m.err)
				}
			case m.said && h.says != "":
				t.Errorf("%s: no error", what)
			case name == "another type" && !reflect.DeepEqual(actions(m.plan.Changes), actions(whole.Changes)):
				t.Errorf("%s: the plan is %q", what, actions(m.plan.Changes))
			}
		}
	}
	tried.Log(t)
}

// met is a plan where some answers were others.
type met struct {
	plan Plan
	err  error
	said bool // an answer was another
	took time.Duration
	peak uint64
}

// planWith makes a plan in which the answers from the k-th call on that have a body are
// written by answer, if they say that the call was done.
func planWith(t *testing.T, p *faultproxy.Proxy, cloud Cloud, spec lbfile.Spec, k int, answer func(http.ResponseWriter, faultproxy.Answer)) (m met) {
	t.Helper()
	p.Reset()
	var last faultproxy.Answer // for a page and a place that the simulation does not have
	p.Change(func(n int, w http.ResponseWriter, a faultproxy.Answer) bool {
		if m.said && (bytes.Contains(a.Body, []byte("InvalidNextToken")) || bytes.Contains(a.Body, []byte("NotImplemented"))) {
			a = last
		}
		if n < k || a.Status >= 300 || len(a.Body) == 0 {
			return false
		}
		m.said, last = true, a
		answer(w, a)
		return true
	})
	start := time.Now()
	m.peak = peak(func() { m.plan, m.err = MakePlan(t.Context(), cloud, spec) })
	m.took = time.Since(start)
	return m
}
