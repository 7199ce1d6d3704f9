package simcluster

// Stats counts what a cluster has seen since it started. Counters move on while
// they are read; once clients are gone they stand still.
type Stats struct {
	Logins              int64 // SASL PLAIN responses seen, refused ones included
	Rejected            int64 // of those, refused
	Connections         []int // accepted per node, all protocols
	FailedTLS           int   // connections whose TLS handshake failed
	BytesAfterHandshake int64 // bytes from clients, those of the TLS handshake not counted
	SessionsOpened      int64
	SessionsClosed      int64
	Statements          int64 // statements received, refused ones included
	Coordinators        []CoordinatorStats
}

// CoordinatorStats is one coordinator's share.
type CoordinatorStats struct {
	Name           string // as it calls itself
	Connections    int64  // that reached a service thread
	SessionsOpened int64  // HS2 sessions; for Beeswax, connections
	SessionsClosed int64
	Statements     int64
}

// Stats returns a copy.
func (cl *Cluster) Stats() Stats {
	s := Stats{BytesAfterHandshake: cl.bytesReceived.Load(), Connections: make([]int, cl.config.Nodes)}
	for _, nodes := range cl.listeners {
		for i, n := range nodes {
			s.Connections[i] += int(n.accepted.Load())
			s.FailedTLS += int(n.failedTLS.Load())
		}
	}
	for _, c := range cl.coordinators {
		one := CoordinatorStats{
			Name: c.name, Statements: c.statements.Load(),
			Connections:    c.connections[protocolHS2].Load() + c.connections[protocolBeeswax].Load(),
			SessionsOpened: c.opened.Load(), SessionsClosed: c.closed.Load(),
		}
		s.Coordinators = append(s.Coordinators, one)
		s.SessionsOpened += one.SessionsOpened
		s.SessionsClosed += one.SessionsClosed
		s.Statements += one.Statements
		s.Logins += c.logins.Load()
		s.Rejected += c.rejected.Load()
	}
	return s
}
