package simcluster

// Stats are counters since the start of a cluster. They are read one after the
// other while clients may be active, so they are consistent with each other only
// when no client is.
type Stats struct {
	Logins              int64 // credentials received: SASL responses, headers Authorization; including rejected ones
	Rejected            int64 // rejected logins
	WebLogins           int64 // requests of pages with a login
	Connections         []int // accepted connections by node, all protocols
	FailedTLS           int   // connections whose TLS handshake failed
	BytesAfterHandshake int64 // bytes from clients, not counting the TLS handshake
	SessionsOpened      int64
	SessionsClosed      int64
	Statements          int64 // statements received, including rejected ones
	HTTPRequests        int64 // requests over HTTP that reached a coordinator
	CookieLogins        int64 // of these, the ones that a cookie authenticated
	CookiesRefused      int64 // of these, the ones whose cookie was not accepted
	Coordinators        []CoordinatorStats
}

// CoordinatorStats are the counters of one coordinator.
type CoordinatorStats struct {
	Name           string // as the coordinator reports it
	Connections    int64  // that got a service thread
	SessionsOpened int64  // HS2 sessions; for Beeswax, connections
	SessionsClosed int64
	Statements     int64
}

// Stats returns the current counters.
func (cl *Cluster) Stats() Stats {
	s := Stats{BytesAfterHandshake: cl.bytesReceived.Load(), WebLogins: cl.webLogins.Load(), Connections: make([]int, cl.config.Nodes)}
	for _, nodes := range cl.listeners {
		for i, n := range nodes {
			s.Connections[i] += int(n.accepted.Load())
			s.FailedTLS += int(n.failedTLS.Load())
		}
	}
	for _, c := range cl.coordinators {
		one := CoordinatorStats{
			Name: c.name, Statements: c.statements.Load(),
			SessionsOpened: c.opened.Load(), SessionsClosed: c.closed.Load(),
		}
		for proto := range c.connections {
			one.Connections += c.connections[proto].Load()
		}
		s.Coordinators = append(s.Coordinators, one)
		s.SessionsOpened += one.SessionsOpened
		s.SessionsClosed += one.SessionsClosed
		s.Statements += one.Statements
		s.Logins += c.logins.Load()
		s.Rejected += c.rejected.Load()
		s.HTTPRequests += c.requests.Load()
		s.CookieLogins += c.cookies.Load()
		s.CookiesRefused += c.badCookies.Load()
	}
	return s
}
