package scenarios

// Page is a coordinator's own view of itself, from its web pages. What a page
// did not say is nil, 0 or "".
type Page struct {
	Coordinator string   `json:"coordinator"` // as declared
	When        PageTime `json:"when"`
	At          Seconds  `json:"at_s"` // since the run began
	Healthy     bool     `json:"healthy"`
	Quiescing   bool     `json:"quiescing,omitempty"`
	Version     string   `json:"version,omitempty"`
	Threads     int      `json:"threads,omitempty"`     // fe_service_threads
	InUse       *int     `json:"in_use,omitempty"`      // connections that hold a service thread of the protocol that was dialled
	Total       *int     `json:"connections,omitempty"` // connections that ever did, since it started
	Sessions    *int     `json:"sessions,omitempty"`    // open HS2 sessions
	Executors   *int     `json:"executors,omitempty"`   // that it knows of
	Keepalive   Seconds  `json:"keepalive_s,omitempty"` // client_keepalive_probe_period_s
	IdleSession Seconds  `json:"idle_session_s,omitempty"`
	Err         string   `json:"error,omitempty"` // why nothing, or not all, was read; untrusted
}

// PageTime says when a page was read.
type PageTime string

// The times.
const (
	PageBefore PageTime = "before"
	PageDuring PageTime = "during" // while most sessions were open
	PageAfter  PageTime = "after"
)
