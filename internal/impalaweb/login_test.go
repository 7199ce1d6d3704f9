package impalaweb

import (
	"crypto/md5"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestLogin_DigestOfRFC7616 holds the examples of RFC 7616, section 3.9.1.
func TestLogin_DigestOfRFC7616(t *testing.T) {
	t.Parallel()
	const common = `Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", algorithm=`
	for algorithm, want := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		l := &login{user: "Mufasa", password: "Circle of Life"}
		if err := l.accept(http.Header{"Www-Authenticate": {common + algorithm}}); err != nil {
			t.Fatal(err)
		}
		l.count = 1
		got := l.digest("GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
		for _, part := range []string{`response="` + want + `"`, "qop=auth", "nc=00000001", "algorithm=" + algorithm, `opaque="FQhe`, `username="Mufasa"`} {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %s does not contain %s", algorithm, got, part)
			}
		}
	}
}

// TestLogin_DigestOfRFC2617 holds the example of RFC 2617, section 3.5, whose challenge
// names no algorithm, as that of Impala's web server does not.
func TestLogin_DigestOfRFC2617(t *testing.T) {
	t.Parallel()
	l := &login{user: "Mufasa", password: "Circle Of Life"}
	if err := l.accept(http.Header{"Www-Authenticate": {`Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`}}); err != nil {
		t.Fatal(err)
	}
	l.count = 1
	got := l.digest("GET", "/dir/index.html", "0a4f113b")
	if !strings.Contains(got, `response="6629fae49393a05397450978507c4ef1"`) || strings.Contains(got, "algorithm") {
		t.Error(got)
	}
}

func TestLogin_Choice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		offered   []string
		cleartext bool
		want      string // scheme and algorithm
		err       error
	}{
		"digest before basic":          {offered: []string{`Basic realm="x"`, `Digest realm="x", nonce="n", qop="auth"`}, cleartext: true, want: "digest md5"},
		"the strongest digest":         {offered: []string{`Digest realm="x", nonce="n", algorithm=MD5, Digest realm="x", nonce="m", algorithm=SHA-256`}, want: "digest sha-256"},
		"unknown algorithm":            {offered: []string{`Digest nonce="n", algorithm=SHA-512-256`, `Basic realm="x"`}, cleartext: true, want: "basic md5"},
		"integrity alone":              {offered: []string{`Digest nonce="n", qop="auth-int"`, `Basic realm="x"`}, cleartext: true, want: "basic md5"},
		"basic in cleartext":           {offered: []string{`Basic realm="x"`}, err: errCleartext},
		"basic behind Kerberos":        {offered: []string{`Negotiate`, `basic realm="x, \"y\""`}, cleartext: true, want: "basic md5"},
		"Negotiate with a token first": {offered: []string{`Negotiate YII=, Basic realm="x"`}, cleartext: true, want: "basic md5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &login{user: "u", password: "p", cleartext: c.cleartext}
			err := l.accept(http.Header{"Www-Authenticate": c.offered})
			if c.err != nil || err != nil {
				if !errors.Is(err, c.err) {
					t.Errorf("%v, want %v", err, c.err)
				}
				return
			}
			if got := l.chosen.scheme + " " + l.chosen.algorithm(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	err := (&login{user: "u"}).accept(http.Header{"Www-Authenticate": {"Negotiate"}})
	if err == nil || !strings.Contains(err.Error(), "negotiate") {
		t.Errorf("Kerberos alone: %v", err)
	}
}

// digestServer serves impalaPages to who answers its challenge; the nonce changes after
// every third request. It returns the number of requests with a wrong answer.
func digestServer(t *testing.T, user, password string) (at string, rejected *int) {
	t.Helper()
	rejected = new(int)
	nonces, requests := []string{"first", "second", "third"}, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := nonces[min(requests/3, 2)]
		requests++
		challengeText := `Digest qop="auth", realm="impala", nonce="` + nonce + `"`
		answers := parseChallenges(r.Header.Get("Authorization"))
		if len(answers) == 0 {
			w.Header().Set("WWW-Authenticate", challengeText)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		p := answers[0].params
		h := hexSum(md5.New)
		want := h(h(user, "impala", password), p["nonce"], p["nc"], p["cnonce"], p["qop"], h("GET", r.RequestURI))
		switch {
		case p["username"] != user || p["response"] != want:
			*rejected++
			w.Header().Set("WWW-Authenticate", challengeText)
			w.WriteHeader(http.StatusUnauthorized)
		case p["nonce"] != nonce:
			w.Header().Set("WWW-Authenticate", challengeText+", stale=TRUE")
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.Write([]byte(impalaPages[r.RequestURI]))
		}
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), rejected
}

func TestRead_Digest(t *testing.T) {
	t.Parallel()
	at, rejected := digestServer(t, `op"s`, "s3:cret")
	if _, err := Read(t.Context(), at, ServerHiveServer2, Access{User: `op"s`, Password: "s3:cret"}); err != nil || *rejected > 0 {
		t.Errorf("%v, %d rejected", err, *rejected)
	}
}

// TestRead_WrongPasswordOnce holds that a wrong password is sent once, since a directory
// may lock the account, and is in no error.
func TestRead_WrongPasswordOnce(t *testing.T) {
	t.Parallel()
	at, rejected := digestServer(t, "ops", "right")
	_, err := Read(t.Context(), at, ServerHiveServer2, Access{User: "ops", Password: "wrong-one"})
	if !errors.Is(err, ErrLoginRejected) || *rejected != 1 || strings.Contains(err.Error(), "wrong-one") {
		t.Errorf("%v, %d rejected: want one", err, *rejected)
	}
}

// httpsServer serves pages over HTTPS, and returns its authority.
func httpsServer(t *testing.T, h http.Handler) (at string, roots *x509.CertPool) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots = x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.Listener.Addr().String(), roots
}

func TestRead_HTTPSWithBasic(t *testing.T) {
	t.Parallel()
	at, roots := httpsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "ops" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="impala"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write([]byte(impalaPages[r.RequestURI]))
	}))
	if v, err := Read(t.Context(), at, ServerHiveServer2, Access{TLS: true, Roots: roots, User: "ops", Password: "secret"}); err != nil || v.Threads == nil {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := Read(t.Context(), at, ServerHiveServer2, Access{TLS: true, User: "ops", Password: "secret"}); err == nil || !strings.Contains(err.Error(), "authority") {
		t.Errorf("an unknown authority: %v", err)
	}
	if _, err := Read(t.Context(), at, ServerHiveServer2, Access{TLS: true, Roots: roots}); !errors.Is(err, ErrLoginRequired) {
		t.Errorf("no login: %v", err)
	}
}

func TestRead_WrongScheme(t *testing.T) {
	t.Parallel()
	at, _ := httpsServer(t, http.NotFoundHandler())
	if _, err := Read(t.Context(), at, ServerHiveServer2, Access{}); !errors.Is(err, ErrSpeaksHTTPS) {
		t.Errorf("HTTP to an HTTPS server: %v", err)
	}
	if _, err := Read(t.Context(), servePages(t, impalaPages, nil), ServerHiveServer2, Access{TLS: true}); !errors.Is(err, ErrSpeaksHTTP) {
		t.Errorf("HTTPS to an HTTP server: %v", err)
	}
}
