package provision

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// said is an answer of AWS to a call, and the call.
type said struct {
	service, operation string
	input              any
	status             int
	header             http.Header
	body               []byte
}

// sayings keep what AWS says to the clients that have them.
type sayings struct {
	aws.HTTPClient
	all map[string]said // by call, status and length of the answer
}

type inputKey struct{}

// keepInput hands a call's input to Do.
func keepInput(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("KeepInput", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(context.WithValue(ctx, inputKey{}, in.Parameters), in)
	}), middleware.Before)
}

func (s *sayings) Do(r *http.Request) (*http.Response, error) {
	answer, err := s.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err := answer.Body.Close(); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	ctx := r.Context()
	one := said{middleware.GetServiceID(ctx), middleware.GetOperationName(ctx), ctx.Value(inputKey{}), answer.StatusCode, answer.Header, body}
	s.all[fmt.Sprintf("%s %s %d %06d", one.service, one.operation, one.status, len(body))] = one
	return answer, err
}

// everySaying is what AWS says while load balancers of both kinds are made, compared and
// removed: of answers to one call those of different lengths.
func everySaying(t *testing.T) []said {
	t.Helper()
	all := map[string]said{}
	for _, file := range []func(*testing.T) lbfile.Spec{tlsFile, networkTLSFile} {
		c, spec := newCluster(t, sweepConfig()), file(t)
		cloud := c.cloud(t, c.URL(), "us-east-1", func(config *aws.Config) {
			config.HTTPClient = &sayings{config.HTTPClient, all}
			config.APIOptions = append(slices.Clone(config.APIOptions), keepInput)
		})
		if _, err := Apply(t.Context(), cloud, spec, Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := Status(t.Context(), cloud, spec); err != nil {
			t.Fatal(err)
		}
		if _, err := Destroy(t.Context(), cloud, spec, DestroyOptions{PurgeLogs: true}); err != nil {
			t.Fatal(err)
		}
	}
	var out []said
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if len(all[key].body) > 0 {
			out = append(out, all[key])
		}
	}
	return out
}

// saying answers every call alike.
type saying struct{ said }

func (s *saying) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: s.header, Body: io.NopCloser(bytes.NewReader(s.body)), ContentLength: int64(len(s.body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
}

// again makes the call again, and is given a body.
func (s said) again(ctx context.Context, cloud Cloud, by *saying, body []byte) (any, error) {
	by.said = s
	by.body = body
	clients := map[string]any{"EC2": cloud.EC2, "Elastic Load Balancing": cloud.ELB, "Elastic Load Balancing v2": cloud.ELBv2, "ACM": cloud.ACM, "S3": cloud.S3, "STS": cloud.STS, "Service Quotas": cloud.Quotas}
	out := reflect.ValueOf(clients[s.service]).MethodByName(s.operation).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(s.input)})
	err, _ := out[1].Interface().(error)
	if err != nil {
		return nil, err
	}
	result := out[0].Elem()
	result.FieldByName("ResultMetadata").SetZero() // has times
	return result.Interface(), nil
}

// mostAllocated bounds what one answer of the simulation's size may allocate.
const mostAllocated = 4 << 20

// TestTampered_AnswersOfAWS changes each answer of AWS at each byte, and its client sees
// that answer alone: what was cut is no result, and no other refusal; an error is one line
// that names the call; and an answer is read within its size.
func TestTampered_AnswersOfAWS(t *testing.T) {
	all := everySaying(t)
	by := &saying{}
	c := newCluster(t, sweepConfig())
	cloud := c.cloud(t, "http://192.0.2.1", "us-east-1", func(config *aws.Config) { config.HTTPClient = by })
	var tried peertest.Tried
	for _, s := range all {
		whole, refusal := s.again(t.Context(), cloud, by, s.body)
		if s.status < 300 && refusal != nil {
			t.Fatalf("%s: %v", s.operation, refusal)
		}
		for _, change := range peertest.Changes(len(s.body), 15, 1200) {
			body, _ := change.Apply(s.body, 0)
			before, start := allocated(), time.Now()
			got, err := s.again(t.Context(), cloud, by, body)
			took, bytes := time.Since(start), allocated()-before
			tried.Note(took, bytes, err == nil)
			if bytes > mostAllocated {
				t.Errorf("%s: %s: %d MiB allocated", s.operation, change, bytes>>20)
			}
			switch {
			case err != nil:
				checkOneLine(t, s.operation+": "+change.String(), err)
				if got := code(err); change.Loses && !slices.Contains([]string{"", "UnknownError", code(refusal), "NotFound"}, got) { // which is S3's status alone
					t.Errorf("%s: %s: the refusal %s became %s", s.operation, change, code(refusal), got)
				}
			case s.status >= 300:
				t.Errorf("%s: %s: a refusal became a success: %.200s", s.operation, change, body)
			case change.Loses && !reflect.DeepEqual(got, whole):
				t.Errorf("%s: %s: taken for whole: %.200s", s.operation, change, body)
			}
		}
	}
	tried.Log(t)
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// checkOneLine checks an error's text: one line, bounded, with the call, without a secret.
func checkOneLine(t *testing.T, what string, err error) {
	t.Helper()
	text := explain(context.Background(), err).Error()
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 2*maxCause || !strings.Contains(text, ":") {
		t.Errorf("%s: %q", what, text)
	}
	if strings.Contains(text, secretKey) {
		t.Errorf("%s: the secret key is in %q", what, text)
	}
}
