package simcluster

import (
	"fmt"
	"strings"
)

// stickyName is the name of the balancer's own cookie, as HAProxy's examples have it.
const stickyName = "SERVERID"

// stickyValue is the cookie for coordinator i, from 0.
func stickyValue(i int) string { return fmt.Sprintf("%s=c%d; path=/", stickyName, i+1) }

// stickyCoordinator returns the coordinator that the balancer's cookie names; -1 and false
// if there is none.
func (n *nodeListener) stickyCoordinator(fields httpFields) (int, bool) {
	value, ok := cookieIn(fields, stickyName)
	if !ok || !n.cluster.config.StickyCookie {
		return -1, false
	}
	for i := range n.cluster.coordinators {
		if value == fmt.Sprintf("c%d", i+1) {
			return i, true
		}
	}
	return -1, false
}

// cookieIn returns the value of a request's first cookie with a name.
func cookieIn(fields httpFields, name string) (string, bool) {
	for cookie := range strings.SplitSeq(fields.last("Cookie"), ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(cookie), name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// withoutCookie removes a cookie from a request, and the whole field where it has no
// other.
func withoutCookie(fields httpFields, name string) httpFields {
	var kept []string
	for cookie := range strings.SplitSeq(fields.last("Cookie"), ";") {
		if cookie = strings.TrimSpace(cookie); cookie != "" && !strings.HasPrefix(cookie, name+"=") {
			kept = append(kept, cookie)
		}
	}
	fields = fields.without("Cookie")
	if kept != nil {
		fields = append(fields, httpField{"Cookie", strings.Join(kept, "; ")})
	}
	return fields
}
