package impalaweb

import "time"

// View is the state of a coordinator as read from its pages. Unknown values are
// nil or "".
type View struct {
	Healthy     *bool          // /healthz; also true during a shutdown
	Quiescing   *bool          // the coordinator is shutting down
	Version     string         // one line, as in Ping: "impalad version 4.5.0-RELEASE RELEASE (build ...)"
	Threads     *int           // service threads per client server (fe_service_threads)
	InUse       *int           // connections of the server that have a service thread
	Total       *int           // connections of the server that have had a service thread, since the process started
	Sessions    *int           // open HS2 sessions, including those without a connection
	Executors   *int           // active executors that the coordinator knows, including itself if it is one
	Keepalive   *time.Duration // idle time before TCP keepalive probes to clients; 0: no probes
	IdleSession *time.Duration // idle time before a session is closed; 0: sessions are not closed
	Coordinator *bool          // is_coordinator: it takes sessions of clients
	Grace       *time.Duration // shutdown_grace_period_s: how long a shutdown waits for sessions to go elsewhere
	BeeswaxPort *int           // beeswax_port; 0: it is not opened
	MinTLS      string         // ssl_minimum_version: "tlsv1.2"
}

// Server is one of a coordinator's client servers, by its name in the metrics
// (common/thrift/metrics.json).
type Server string

// The servers.
const (
	ServerHiveServer2     Server = "hiveserver2-frontend"
	ServerHiveServer2HTTP Server = "hiveserver2-http-frontend"
	ServerBeeswax         Server = "beeswax-frontend"
)
