package s3log_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/s3log"
)

// answers are what S3 says, of which one is changed.
type answers struct {
	peertest.Answers
	every func(http.ResponseWriter, faultproxy.Answer) bool // nil: none
}

func (s *answers) answer(_ int, w http.ResponseWriter, a faultproxy.Answer) bool {
	if s.every != nil {
		return s.every(w, a)
	}
	body, _, here := s.Changed(a.Body)
	if !here {
		return false
	}
	w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
	w.WriteHeader(a.Status)
	_, _ = w.Write(body)
	return true
}

// tampered is a bucket whose answers come through s.
func tampered(t *testing.T) *answers {
	t.Helper()
	sim := account(t)
	p, err := faultproxy.New(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	t.Setenv("AWS_ENDPOINT_URL", p.URL())
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	s := &answers{}
	p.Change(s.answer)
	return s
}

// readAll lists and reads, and returns each log with its text.
func readAll(t *testing.T) (logs []string, err error) {
	t.Helper()
	bucket, err := s3log.Open(t.Context(), s3log.Place{Bucket: "elb-logs", Prefix: "impala/"}, provision.Access{})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bucket.List(t.Context(), began, began.Add(time.Minute))
	for _, key := range keys {
		body, err := bucket.Open(t.Context(), key)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(body, 1<<20))
		_ = body.Close()
		if err != nil {
			return nil, err
		}
		logs = append(logs, key+": "+string(text))
	}
	return logs, err
}

// What S3 says is changed on its way: of what was cut no log is read, or all of them.
func TestTampered_LogsOfAWS(t *testing.T) {
	s := tampered(t)
	want, err := readAll(t)
	if err != nil {
		t.Fatal(err)
	}
	var tried peertest.Tried
	for _, change := range peertest.Changes(s.Said(), 40, 3000) {
		s.Next(change)
		start := time.Now()
		got, err := readAll(t)
		tried.Note(time.Since(start), 0, err == nil)
		if err != nil {
			checkText(t, change.String(), err)
		} else if change.Loses && !slices.Equal(got, want) {
			t.Errorf("%s: read %q", change, got)
		}
	}
	tried.Log(t)
}

func checkText(t *testing.T, what string, err error) {
	t.Helper()
	if text := err.Error(); len(text) > 2000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%s: %q", what, text)
	}
}

// A list without an end, a bucket that sends calls on, and answers of somebody else are
// errors that say so.
func TestTampered_LogsInBadFaith(t *testing.T) {
	s := tampered(t)
	for what, tc := range map[string]struct {
		every func(http.ResponseWriter, faultproxy.Answer) bool
		want  string
	}{
		"pages without objects": {instead(`<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>`), "does not end"},
		"a page of a proxy":     {instead("<html></html>"), "<html> stands where <ListBucketResult> belongs"},
		"no body":               {instead(""), "it is empty"},
		"a redirect to itself":  {redirect("/"), "is a redirect, and so are the next ones"},
		"a redirect to another": {redirect("http://192.0.2.1/"), "to 192.0.2.1:80, which is not followed"},
	} {
		s.every = tc.every
		logs, err := readAll(t)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %q, %v", what, logs, err)
		} else {
			checkText(t, what, err)
		}
	}
}

func instead(body string) func(http.ResponseWriter, faultproxy.Answer) bool {
	return func(w http.ResponseWriter, _ faultproxy.Answer) bool {
		_, _ = w.Write([]byte(body))
		return true
	}
}

func redirect(to string) func(http.ResponseWriter, faultproxy.Answer) bool {
	return func(w http.ResponseWriter, _ faultproxy.Answer) bool {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
}
