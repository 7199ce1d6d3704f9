package impalaweb

import "time"

// View is what a coordinator's pages said. What they did not say is nil or "".
type View struct {
	Healthy     *bool          // /healthz; true on a coordinator that is being shut down, too
	Quiescing   *bool          // it is being shut down
	Version     string         // one line, as Ping gives it: "impalad version 4.5.0-RELEASE RELEASE (build ...)"
	Threads     *int           // service threads per client server (fe_service_threads)
	InUse       *int           // connections of the server that have one
	Total       *int           // connections of the server that ever had one, since the process was started
	Sessions    *int           // open HS2 sessions, those without a connection included
	Executors   *int           // active ones that it knows of, itself included where it is one
	Keepalive   *time.Duration // idle time before TCP keepalive probes to clients; 0: there are none
	IdleSession *time.Duration // idle time before a session is closed; 0: none is
}

// Server is one of a coordinator's client servers, as its metrics name it
// (common/thrift/metrics.json).
type Server string

// The servers.
const (
	HiveServer2     Server = "hiveserver2-frontend"
	HiveServer2HTTP Server = "hiveserver2-http-frontend"
	Beeswax         Server = "beeswax-frontend"
)
