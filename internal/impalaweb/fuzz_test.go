package impalaweb

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPages reads what strangers might serve. What is known afterwards must be
// within its bounds, and what failed must be said in few words.
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
		err := p.read(&v, HiveServer2, status, body)
		for _, count := range []*int{v.Threads, v.InUse, v.Total, v.Sessions, v.Executors} {
			if count != nil && (*count < 0 || *count > maxCount) {
				t.Errorf("a count of %d", *count)
			}
		}
		if v.Keepalive != nil && *v.Keepalive < 0 || v.IdleSession != nil && *v.IdleSession < 0 {
			t.Errorf("a time below 0: %+v", v)
		}
		if len(v.Version) > maxVersion || !utf8.ValidString(v.Version) || strings.Contains(v.Version, "\n") {
			t.Errorf("version %q", v.Version)
		}
		if err == nil {
			if v == (View{}) {
				t.Error("no error, and nothing is known")
			}
			return
		}
		if text := (&PageError{p.path, err}).Error(); len(text) > 2*maxText || strings.Contains(text, "\n") {
			t.Errorf("error of %d bytes: %q", len(text), text)
		}
	})
}
