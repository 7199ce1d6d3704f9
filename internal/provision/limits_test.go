package provision

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// silentServer accepts connections, answers what comes first with words, and then says
// nothing more.
type silentServer struct {
	net.Listener
	answer string

	mu      sync.Mutex
	conns   []net.Conn
	serving sync.WaitGroup
}

func newSilentServer(t *testing.T, words string) *silentServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &silentServer{Listener: l, answer: words}
	s.serving.Go(s.accept)
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for _, conn := range s.conns {
			conn.Close()
		}
		s.mu.Unlock()
		s.serving.Wait()
	})
	return s
}

func (s *silentServer) accept() {
	for {
		conn, err := s.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.serving.Go(func() {
			if _, err := conn.Read(make([]byte, 1<<16)); err == nil {
				_, _ = io.WriteString(conn, s.answer)
			}
		})
	}
}

func (s *silentServer) accepted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// shortLimits are limits that a test can wait for.
var shortLimits = limits{connect: 50 * time.Millisecond, answer: 50 * time.Millisecond, files: time.Minute}

// cloud makes clients for an endpoint that does not answer, with the limits of the
// real ones but for their length, and without pauses between attempts.
func (s *silentServer) cloud(t *testing.T, scheme string, l limits) Cloud {
	t.Helper()
	return newCloud(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(scheme + "://" + s.Addr().String()), HTTPClient: l.client(), Retryer: retryAtOnce,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

func TestLimits_CallWithoutAnAnswerIsTriedAgainAndFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		words, scheme string
		limits        limits
	}{
		"nothing is said":            {scheme: "http", limits: shortLimits},
		"the answer stops midway":    {scheme: "http", limits: shortLimits, words: "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<GetCallerIdentityResponse>"},
		"its header stops midway":    {scheme: "http", limits: shortLimits, words: "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"},
		"TLS is not answered":        {scheme: "https", limits: limits{connect: 50 * time.Millisecond, answer: time.Hour}},
		"the answer to TLS is short": {scheme: "https", limits: limits{connect: 50 * time.Millisecond, answer: time.Hour}, words: "\x16\x03\x03"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSilentServer(t, tc.words)
			_, err := MakePlan(t.Context(), s.cloud(t, tc.scheme, tc.limits), plainFile(t))
			call, ok := errors.AsType[*CallError](err)
			if !ok || call.Action != "sts:GetCallerIdentity" || !strings.Contains(err.Error(), "no answer") {
				t.Errorf("%v", err)
			}
			if n := s.accepted(); n != 3 { // eager's own number of attempts
				t.Errorf("%d attempts, want 3", n)
			}
		})
	}
}

func TestLimits_TimeForAllOfItEndsACallWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	const wait = 50 * time.Millisecond
	for name, run := range map[string]func(Cloud) (Report, error){
		"apply": func(c Cloud) (Report, error) { return Apply(t.Context(), c, plainFile(t), Options{Wait: wait}) },
		"destroy": func(c Cloud) (Report, error) {
			return Destroy(t.Context(), c, plainFile(t), DestroyOptions{Wait: wait})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSilentServer(t, "")
			report, err := run(s.cloud(t, "http", defaultLimits))
			waited, ok := errors.AsType[*WaitError](err)
			if !ok || waited.After != wait || !strings.Contains(err.Error(), "not done after 50ms: sts:GetCallerIdentity: no answer") || report.Complete {
				t.Errorf("%v, complete %v", err, report.Complete)
			}
		})
	}
}

// TestLimits_AreThoseOfCredentialsToo asks a container's endpoint for credentials,
// for which the SDK would take an HTTP client of its own, without limits.
func TestLimits_AreThoseOfCredentialsToo(t *testing.T) {
	s := newSilentServer(t, "")
	none := t.TempDir() + "/none"
	for key, value := range map[string]string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://" + s.Addr().String() + "/", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
	} {
		t.Setenv(key, value)
	}
	cloud, err := open(t.Context(), Access{Region: "us-east-1"}, shortLimits, config.WithRetryer(retryAtOnce))
	if err != nil {
		t.Fatal(err)
	}
	_, err = MakePlan(t.Context(), cloud, plainFile(t))
	if _, ok := errors.AsType[*CallError](err); !ok || s.accepted() == 0 || !strings.Contains(err.Error(), "sts:GetCallerIdentity: no credentials within 100ms") {
		t.Errorf("%d attempts, %v", s.accepted(), err)
	}
}

// TestOpen_HasLimits: the clients of the command line are made with them.
func TestOpen_HasLimits(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	cloud, err := Open(t.Context(), Access{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	client := cloud.STS.Options().HTTPClient.(interface {
		GetTimeout() time.Duration
		GetDialer() *net.Dialer
		GetTransport() *http.Transport
	})
	if client.GetTimeout() != time.Minute || client.GetDialer().Timeout != 10*time.Second || client.GetTransport().TLSHandshakeTimeout != 10*time.Second {
		t.Errorf("attempt %s, connect %s, TLS %s", client.GetTimeout(), client.GetDialer().Timeout, client.GetTransport().TLSHandshakeTimeout)
	}
}

// hook calls before with the name of the last call that AWS answered, before each
// further call.
type hook struct {
	aws.HTTPClient
	c      *cluster
	before func(last string)
}

func (h hook) Do(r *http.Request) (*http.Response, error) {
	if calls := h.c.Calls(); len(calls) > 0 {
		h.before(calls[len(calls)-1].Name)
	}
	return h.HTTPClient.Do(r)
}

// TestApply_InterruptedLeavesNoPortClosed interrupts apply when a plain listener
// has been deleted, and the one with TLS in its place has not been created.
func TestApply_InterruptedLeavesNoPortClosed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{IssueAfter: 1, CertificateLag: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cloud := c.cloud(t, c.URL(), "us-east-1", func(config *aws.Config) {
		config.HTTPClient = hook{config.HTTPClient, c, func(last string) {
			if last == "DeleteLoadBalancerListeners" {
				cancel()
			}
		}}
	})
	_, err := Apply(ctx, cloud, tlsFile(t), Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	var protocols []string
	for _, l := range c.LoadBalancers()[0].Listeners {
		protocols = append(protocols, l.Protocol)
	}
	if got := strings.Join(protocols, " "); got != "TCP SSL" && got != "SSL TCP" {
		t.Errorf("listeners %s, want the one that was begun and the other", got)
	}
	mustApply(t, c, tlsFile(t))
}
