package impalaweb

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPages reads arbitrary pages. The values must be within their limits and
// error messages short.
func FuzzPages(f *testing.F) {
	for i, p := range pages {
		f.Add(byte(i), 200, []byte(impalaPages[p.path]))
	}
	f.Add(byte(1), 200, []byte(`{"version":"a\u0000\ud800"}`))
	f.Add(byte(2), 200, []byte(`{"impala-server.num-open-hiveserver2-sessions":1e9}`))
	f.Add(byte(0), 503, []byte("Not Available"))
	f.Fuzz(func(t *testing.T, which byte, status int, body []byte) {
		p := pages[int(which)%len(pages)]
		var v View
		err := p.read(&v, ServerHiveServer2, status, body)
		for _, count := range []*int{v.Threads, v.InUse, v.Total, v.Sessions, v.Executors} {
			if count != nil && (*count < 0 || *count > maxCount) {
				t.Errorf("count %d", *count)
			}
		}
		if v.Keepalive != nil && *v.Keepalive < 0 || v.IdleSession != nil && *v.IdleSession < 0 {
			t.Errorf("negative duration: %+v", v)
		}
		if len(v.Version) > maxVersion || !utf8.ValidString(v.Version) || strings.Contains(v.Version, "\n") {
			t.Errorf("version %q", v.Version)
		}
		if err == nil {
			saysNothing := p.path == "/healthz" && status == http.StatusNotFound || p.path == "/backends?json"
			if v == (View{}) && !saysNothing {
				t.Error("no error, but nothing was read")
			}
			return
		}
		if text := (&PageError{p.path, err}).Error(); len(text) > 2*maxText || strings.Contains(text, "\n") {
			t.Errorf("error of %d bytes: %q", len(text), text)
		}
	})
}

// FuzzChallenges reads arbitrary challenges and answers what can be answered: a header
// must stay one line.
func FuzzChallenges(f *testing.F) {
	f.Add(`Digest realm="x\"y", qop="auth, auth-int", nonce="n", opaque="o", algorithm=SHA-256, stale=true`)
	f.Add(`Negotiate YII=, Basic realm="x"`)
	f.Add(`Digest qop="auth", realm="impala`)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n") {
			return // no header has them
		}
		l := &login{user: `a"b`, password: "c", cleartext: true}
		if err := l.accept(http.Header{"Www-Authenticate": {text}}); err != nil {
			if len(err.Error()) > maxText {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
			return
		}
		if got := l.authorization("GET", "/"); got == "" || strings.ContainsAny(got, "\r\n") {
			t.Errorf("authorization %q", got)
		}
	})
}
