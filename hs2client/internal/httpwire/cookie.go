package httpwire

import (
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Bounds of a session's cookies.
const (
	maxCookies = 20
	maxCookie  = 4 << 10              // bytes of a name with its value
	maxJar     = 16 << 10             // bytes of all of them: servers take no request with more
	maxAge     = 10 * 365 * 24 * 3600 // seconds; a longer life is cut
)

// cookie is one that a server set.
type cookie struct {
	name, value string
	path        string    // "": every one
	secure      bool      // over TLS alone
	expires     time.Time // zero: with the session
}

// jar is the cookies of one session, in the order in which they were set. There is one
// server, so domains are ignored, and with them Expires, as by Impala's own clients.
type jar []cookie

// store takes what Set-Cookie fields say. A cookie that is too long, and one beyond the
// most that are kept, is ignored.
func (j *jar) store(fields []string, now time.Time) {
	for _, field := range fields {
		c, keep, ok := parseCookie(field, now)
		if !ok {
			continue
		}
		j.remove(c)
		if keep && len(*j) < maxCookies && j.size()+c.size() <= maxJar {
			*j = append(*j, c)
		}
	}
}

// size is the bytes of a name with its value, and of the path.
func (c cookie) size() int { return len(c.name) + len(c.value) + len(c.path) }

// size is that of all cookies.
func (j *jar) size() int {
	n := 0
	for _, c := range *j {
		n += c.size()
	}
	return n
}

// remove removes the cookie that c takes the place of.
func (j *jar) remove(c cookie) {
	kept := (*j)[:0]
	for _, old := range *j {
		if old.name != c.name || old.path != c.path {
			kept = append(kept, old)
		}
	}
	*j = kept
}

// parseCookie reads a Set-Cookie field. keep is false where it ends a cookie.
func parseCookie(field string, now time.Time) (c cookie, keep, ok bool) {
	pair, attributes, _ := strings.Cut(field, ";")
	name, value, found := strings.Cut(strings.TrimSpace(pair), "=")
	c = cookie{name: strings.Clone(name), value: strings.Clone(value)}
	if !found || name == "" || len(name)+len(value) > maxCookie || !vocab.IsHTTPFieldValue(name+value) {
		return c, false, false
	}
	keep = true
	for attribute := range strings.SplitSeq(attributes, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		switch strings.ToLower(key) {
		case "secure":
			c.secure = true
		case "path":
			if strings.HasPrefix(value, "/") && len(value) <= maxCookie {
				c.path = strings.Clone(value)
			}
		case "max-age":
			age, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				continue
			}
			keep = age > 0
			c.expires = now.Add(time.Duration(min(age, maxAge)) * time.Second)
		}
	}
	return c, keep, true
}

// header is the Cookie field of a request; "": there is none.
func (j jar) header(path string, tls bool, now time.Time) string {
	var pairs []string
	for _, c := range j {
		if c.isSent(path, tls, now) {
			pairs = append(pairs, c.name+"="+c.value)
		}
	}
	return strings.Join(pairs, "; ")
}

// standsForLogin reports whether a cookie is sent that a login was answered with. Those
// of Impala and Hive are impala.auth and hive.server2.auth.
func (j jar) standsForLogin(path string, tls bool, now time.Time) bool {
	for _, c := range j {
		if strings.HasSuffix(c.name, ".auth") && c.isSent(path, tls, now) {
			return true
		}
	}
	return false
}

// isSent reports whether a cookie goes with a request to a path.
func (c cookie) isSent(path string, tls bool, now time.Time) bool {
	if c.secure && !tls || !c.expires.IsZero() && !now.Before(c.expires) {
		return false
	}
	rest, below := strings.CutPrefix(path, c.path)
	return below && (rest == "" || c.path == "" || strings.HasSuffix(c.path, "/") || rest[0] == '/')
}
