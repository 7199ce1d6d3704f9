package simcluster

import (
	"fmt"
	"strconv"
	"time"
)

// loginURL is where the fault login-page sends clients.
const loginURL = "https://login.example.com/oauth2/start?rd=%2Fcliservice"

// ownAnswer returns the answer of a node that passes no request on.
func (p *httpProxy) ownAnswer() (httpReply, bool) {
	plan := p.node.cluster.plan.nodes[p.node.index]
	switch {
	case plan.loginPage:
		return page("302 Found", `<a href="`+loginURL+`">Sign in</a>`, httpField{"Location", loginURL}), true
	case plan.unavailable > 0:
		seconds := strconv.Itoa(int(plan.unavailable / time.Second))
		return page("503 Service Unavailable", "The service is overloaded.", httpField{"Retry-After", seconds}), true
	}
	return httpReply{}, false
}

// badGateway is HAProxy's answer for a server that has none.
func badGateway(status, text string) httpReply {
	return page(status, text, httpField{"cache-control", "no-cache"})
}

// page is an answer for people, after which the connection closes.
func page(status, text string, fields ...httpField) httpReply {
	body := fmt.Sprintf("<html><body><h1>%s</h1>\n%s\n</body></html>\n", status, text)
	fields = append(fields, httpField{"content-type", "text/html"}, httpField{"content-length", strconv.Itoa(len(body))}, httpField{"connection", "close"})
	return httpReply{status: status, fields: fields, body: []byte(body)}
}
