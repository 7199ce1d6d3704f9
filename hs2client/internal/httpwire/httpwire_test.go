package httpwire

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSchemes(t *testing.T) {
	t.Parallel()
	for challenges, want := range map[string]string{
		"":                                  "",
		"Negotiate":                         "Negotiate",
		"Negotiate YIIabc==":                "Negotiate",
		"Basic realm=\"a, b\"":              "Basic",
		"Negotiate, Basic realm=\"x\"":      "Negotiate Basic",
		"Basic|Negotiate":                   "Basic Negotiate",
		"Basic|Basic realm=x":               "Basic",
		"Bearer error=\"x\", scope=\"a b\"": "Bearer",
		" ,, ":                              "",
	} {
		h := http.Header{}
		if challenges != "" {
			h["Www-Authenticate"] = strings.Split(challenges, "|")
		}
		if got := strings.Join(schemes(h), " "); got != want {
			t.Errorf("%q: %q, want %q", challenges, got, want)
		}
	}
	if got := schemes(http.Header{"Www-Authenticate": {strings.Repeat("x", 9000), "a", "b", "c", "d", "e", "f", "g", "h", "i"}}); len(got) != maxSchemes || len(got[0]) != maxScheme {
		t.Errorf("%d schemes, the first of %d bytes", len(got), len(got[0]))
	}
}

// What Impala answers is in be/src/rpc/authentication.cc.
func TestRefusal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sent, asked string
		want        vocab.Kind
	}{
		{"", "", vocab.KindNeedsSASL}, {"", "Basic", vocab.KindNeedsSASL}, {"", "Basic Negotiate", vocab.KindNeedsSASL},
		{"Basic", "", vocab.KindRejected}, {"Basic", "Basic", vocab.KindRejected}, {"Basic", "basic", vocab.KindRejected},
		{"Basic", "Basic Negotiate", vocab.KindNoCredentials}, {"Basic", "Negotiate", vocab.KindMechanism}, {"Basic", "Bearer", vocab.KindMechanism},
		{"Bearer", "", vocab.KindRejected}, {"Bearer", "Bearer", vocab.KindRejected}, {"Bearer", "Bearer Basic", vocab.KindRejected},
		{"Bearer", "Basic", vocab.KindNoCredentials}, {"Bearer", "Negotiate Basic", vocab.KindNoCredentials},
		{"Negotiate", "", vocab.KindRejected}, {"Negotiate", "Negotiate", vocab.KindNoCredentials},
		{"Negotiate", "Basic Negotiate", vocab.KindNoCredentials}, {"Negotiate", "Basic", vocab.KindMechanism},
	} {
		if got := refusal(tc.sent, strings.Fields(tc.asked)); got != tc.want {
			t.Errorf("%q answered with %q: %s, want %s", tc.sent, tc.asked, got, tc.want)
		}
	}
}

func TestJar_CookiesEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var j jar
	j.store([]string{"impala.auth=x; Max-Age=10", "other=y"}, now)
	for after, want := range map[time.Duration]string{0: "impala.auth=x; other=y", 9 * time.Second: "impala.auth=x; other=y", 10 * time.Second: "other=y"} {
		if got := j.header("/", false, now.Add(after)); got != want {
			t.Errorf("after %v: %q", after, got)
		}
		if got := j.standsForLogin("/", false, now.Add(after)); got != strings.Contains(want, "auth") {
			t.Errorf("after %v: it stands for a login: %v", after, got)
		}
	}
}

// A cookie lives as long as its server says, and ten years at the most.
func TestJar_CookiesLiveLong(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var j jar
	j.store([]string{"a=day; Max-Age=86400", "b=ever; Max-Age=9999999999"}, now)
	for after, want := range map[time.Duration]string{day - time.Second: "a=day; b=ever", day: "b=ever", 3650*day - time.Second: "b=ever", 3650 * day: ""} {
		if got := j.header("/", false, now.Add(after)); got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
}

func TestJar_PathsBelowTheOneOfTheCookie(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		cookie, request string
		sent            bool
	}{
		{"/", "/cliservice", true}, {"/a", "/a", true}, {"/a", "/a/b", true}, {"/a/", "/a/b", true}, {"/a", "/ab", false}, {"/a/", "/a", false}, {"/A", "/a", false},
	} {
		c, keep, ok := parseCookie("n=v; Path="+tc.cookie, time.Now())
		if !ok || !keep || c.isSent(tc.request, false, time.Now()) != tc.sent {
			t.Errorf("%+v: %+v", tc, c)
		}
	}
}

func TestSecrets_ComeFirstAndWhole(t *testing.T) {
	t.Parallel()
	x := New(Config{Login: Bearer("aaaaaaaa.bbbbbbbb.cccccccc"), Header: http.Header{"X": {"0123456789", "short"}}}, nil)
	x.cookies.store([]string{"a=cookie-value", "b=1"}, time.Now())
	for _, want := range []string{"cccccccc", "0123456789", "cookie-value"} {
		if !slices.Contains(x.Secrets(), want) {
			t.Errorf("%q is no secret", want)
		}
	}
	for _, no := range []string{"short", "1"} {
		if slices.Contains(x.Secrets(), no) {
			t.Errorf("%q is in many a text", no)
		}
	}
}
