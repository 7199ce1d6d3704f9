package simcluster

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// pages are one coordinator's web pages, read-only, in Impala's JSON format
// (?json): be/src/util/default-path-handlers.cc,
// be/src/service/impala-http-handler.cc. Fields that this module does not read
// are left out.
type pages struct {
	cluster *Cluster
	*coordinator
}

func (p pages) handler() http.Handler { return p.requireLogin(p.routes()) }

func (p pages) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "OK") })
	for path, page := range map[string]func() any{
		"/{$}": p.root, "/jsonmetrics": p.metrics, "/varz": p.flags, "/backends": p.backends, "/sessions": p.openSessions,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { writeJSON(w, r, page) })
	}
	return mux
}

// writeJSON replies in JSON. Without ?json Impala has HTML; here it is a hint.
func writeJSON(w http.ResponseWriter, r *http.Request, page func() any) {
	if !r.URL.Query().Has("json") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "append ?json\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(page())
}

// rootPage is the content of the page /.
type rootPage struct {
	Version        string `json:"version"`
	Started        string `json:"process_start_time"`
	ServerMode     bool   `json:"impala_server_mode"`
	IsCoordinator  bool   `json:"is_coordinator"`
	IsExecutor     bool   `json:"is_executor"`
	IsQuiescing    bool   `json:"is_quiescing"`
	ShutdownStatus string `json:"shutdown_status,omitempty"`
}

func (p pages) root() any {
	page := rootPage{
		Version: p.version + "\n" + buildDate, Started: p.startTime(), ServerMode: true,
		IsCoordinator: true, IsQuiescing: p.plan.draining,
	}
	if p.plan.draining {
		page.ShutdownStatus = shutdownStatus
	}
	return page
}

// metrics returns the page /jsonmetrics: one flat object.
func (p pages) metrics() any {
	hs2, beeswax := p.sessionsOf(protocolHS2), p.sessionsOf(protocolBeeswax)
	all := map[string]any{
		"impala-server.num-open-hiveserver2-sessions": hs2 + p.background,
		"impala-server.num-open-beeswax-sessions":     beeswax,
		"impala-server.num-queries":                   p.statements.Load(),
		"impala-server.ready":                         true,
		"impala-server.version":                       p.version,
		"process-start-time":                          p.startTime(),
	}
	others := [protocolCount]int{protocolHS2: p.background}
	servers := [protocolCount]string{protocolHS2: "hiveserver2-frontend", protocolBeeswax: "beeswax-frontend", protocolHTTP: "hiveserver2-http-frontend"}
	for proto, server := range servers {
		all["impala.thrift-server."+server+".connections-in-use"] = p.threads[proto].inUse()
		all["impala.thrift-server."+server+".total-connections"] = p.connections[proto].Load() + int64(others[proto])
	}
	return all
}

// flag is an entry of the page /varz. All values are strings.
type flag struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Current string `json:"current"`
}

func (p pages) flags() any {
	number := func(name string, defaultValue, current int) flag {
		return flag{name, "int32", strconv.Itoa(defaultValue), strconv.Itoa(current)}
	}
	acceptTimeout := int(p.config.AcceptTimeout.Milliseconds())
	return map[string]any{"title": "Command-line Flags", "flags": []flag{
		number("accepted_client_cnxn_timeout", 300000, acceptTimeout),
		number("accepted_cnxn_setup_thread_pool_size", 2, p.config.SetupThreads),
		number("client_keepalive_probe_period_s", 600, 600),
		number("disconnected_session_timeout", 900, 900),
		number("fe_service_threads", 64, p.plan.threads),
		number("idle_session_timeout", 0, 0),
		{"is_coordinator", "bool", "true", "true"},
		{"is_executor", "bool", "true", "false"},
	}}
}

// backend is an entry of the page /backends: an impalad.
type backend struct {
	Address       string `json:"address"`
	KRPCAddress   string `json:"krpc_address"`
	WebserverURL  string `json:"webserver_url"`
	IsCoordinator bool   `json:"is_coordinator"`
	IsExecutor    bool   `json:"is_executor"`
	IsQuiescing   bool   `json:"is_quiescing"`
	IsBlacklisted bool   `json:"is_blacklisted"`
	IsActive      bool   `json:"is_active"`
	Version       string `json:"version"`
}

// executorCount is the number of executors on the page /backends, unless the
// cluster has none.
const executorCount = 3

// krpcPort is the port for traffic between impalads (--krpc_port).
const krpcPort = 27000

func (p pages) backends() any {
	all := []backend{}
	quiescing := 0
	for _, c := range p.cluster.coordinators {
		if !c.alive() {
			continue
		}
		b := newBackend(c.host, c.version)
		b.WebserverURL, b.IsCoordinator = "http://"+c.name, true
		if c.plan.draining {
			b.IsQuiescing, b.IsActive = true, false
			quiescing++
		}
		all = append(all, b)
	}
	for i := 1; i <= executorCount && !p.plan.noExecutors; i++ {
		b := newBackend(fmt.Sprintf("exec-%d", i), p.version)
		b.WebserverURL, b.IsExecutor = "http://"+webAddress(fmt.Sprintf("exec-%d", i)), true
		all = append(all, b)
	}
	page := map[string]any{"backends": all, "num_active_backends": len(all) - quiescing}
	if quiescing > 0 {
		page["num_quiescing_backends"] = quiescing
	}
	return page
}

func newBackend(host, version string) backend {
	address := fmt.Sprintf("%s:%d", host, krpcPort)
	return backend{Address: address, KRPCAddress: address, IsActive: true, Version: version}
}

// sessionLine is an entry of the page /sessions.
type sessionLine struct {
	Type            string `json:"type"`
	User            string `json:"user"`
	DelegatedUser   string `json:"delegated_user"`
	ID              string `json:"session_id"`
	InFlight        int    `json:"inflight_queries"`
	DefaultDatabase string `json:"default_database"`
	Timeout         int    `json:"session_timeout"`
	Expired         bool   `json:"expired"`
	Closed          bool   `json:"closed"`
}

// sessionKinds are Impala's names for sessions of each protocol; over HTTP, too, it is
// HiveServer2.
var sessionKinds = [protocolCount]string{protocolHS2: "HIVESERVER2", protocolHTTP: "HIVESERVER2", protocolBeeswax: "BEESWAX"}

// openSessions returns the page /sessions. Config.Background is counted but not
// listed.
func (p pages) openSessions() any {
	p.mu.Lock()
	list := make([]sessionLine, 0, len(p.sessions))
	for _, s := range p.sessions {
		list = append(list, sessionLine{Type: sessionKinds[s.protocol], User: s.user, DelegatedUser: s.delegate(), ID: s.id.String(), InFlight: len(s.operations), DefaultDatabase: s.database})
	}
	p.mu.Unlock()
	hs2, beeswax, http := p.threads[protocolHS2].inUse(), p.threads[protocolBeeswax].inUse(), p.threads[protocolHTTP].inUse()
	return map[string]any{
		"sessions": list, "num_sessions": len(list) + p.background, "num_active": len(list) + p.background, "num_inactive": 0,
		"num_connections": hs2 + beeswax + http, "num_hiveserver2_frontend_connections": hs2, "num_beeswax_frontend_connections": beeswax,
	}
}

// sessionsOf returns the number of open sessions of a protocol.
func (c *coordinator) sessionsOf(p protocol) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		if s.protocol == p {
			n++
		}
	}
	return n
}

// startTime returns the start time of the process in Impala's format.
func (c *coordinator) startTime() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.processStarted.Format("2006-01-02 15:04:05.000000000")
}

// alive reports whether the coordinator's process is running.
func (c *coordinator) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.stopped && !c.plan.dead && !c.plan.refused && time.Since(c.createdAt) >= c.plan.starting
}
