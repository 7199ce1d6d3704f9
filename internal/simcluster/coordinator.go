package simcluster

import (
	"bufio"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// coordinator is one simulated impalad.
type coordinator struct {
	config Config
	credentials
	plan          coordinatorPlan
	host          string // the result of coordinator()
	name          string // host:port of its web server
	version       string // one line
	threads       [protocolCount]*threadPool
	processors    [protocolCount]thrift.TProcessor
	createdAt     time.Time
	options       *optionTable
	sessionConfig map[string]string // OpenSession's configuration; read-only
	encodedConfig []byte            // sessionConfig in the binary protocol
	limits        *thrift.TConfiguration
	background    int // connections of Config.Background that have a thread

	connections                                  [protocolCount]atomic.Int64 // that got a service thread
	opened, closed, statements, logins, rejected atomic.Int64
	requests, cookies, badCookies                atomic.Int64 // over HTTP: requests; cookies accepted and refused

	mu             sync.Mutex
	seed           uint64 // for handles
	handles        uint64 // number of handles created
	pids           []int32
	nextPID        int32 // after a restart
	sessions       map[handle]*session
	operations     map[handle]*operation
	queryLog       []queryRecord // closed queries
	oldestLogged   int           // index in queryLog once it is full
	stopped        bool          // the process is not running
	processStarted time.Time
	links          map[*link]struct{} // open connections, reset by stop; only tracked with the fault down
}

// stopThriftPolling turns off the goroutine and the ticker that Thrift starts
// per request to detect a disconnected client: they take a quarter of the
// server's time and are not needed here. The setting is global: no other Thrift
// server of the process may be serving yet when the first cluster starts.
var stopThriftPolling = sync.OnceFunc(func() { thrift.ServerConnectivityCheckInterval = 0 })

// newCoordinator creates coordinator i of the cluster, from 0. name is the
// address of its web pages; pids are its process IDs before and after a restart.
func newCoordinator(c Config, p coordinatorPlan, i int, host, name string, pids [2]int32) *coordinator {
	stopThriftPolling()
	setDefault(&p.version, c.Version)
	setDefault(&p.threads, c.Threads)
	if p.pid != 0 {
		pids = [2]int32{p.pid, p.pid}
	}
	co := &coordinator{
		config: c, plan: p, host: host, name: name, version: serverVersion(p.version), createdAt: time.Now(), processStarted: time.Now(),
		seed: mix(c.Seed, uint64(c.First-1+i)+1<<32), pids: pids[:1], nextPID: pids[1],
		sessions: make(map[handle]*session), operations: make(map[handle]*operation), links: make(map[*link]struct{}),
		limits: &thrift.TConfiguration{MaxMessageSize: maxRequest, MaxFrameSize: maxRequest},
	}
	co.options = optionsOf(p.version)
	co.sessionConfig = co.options.defaults()
	if p.sameWebAddress {
		co.name = webAddress("localhost")
	}
	if !p.noHTTPAddr {
		co.sessionConfig["http_addr"] = co.name
	}
	if p.sameHostname {
		co.host = sharedHostname
	}
	co.encodedConfig = encodeOptions(co.sessionConfig)
	for proto := range co.threads {
		co.threads[proto] = newThreadPool(c.SetupThreads, p.threads, c.AcceptTimeout)
	}
	if c.Background != nil {
		co.background = min(c.Background[i], p.threads)
		co.threads[protocolHS2].reserve(co.background)
	}
	processor := hs2.NewImpalaHiveServer2ServiceProcessor(hs2Service{co})
	for _, name := range unservedMethods(p) {
		delete(processor.ProcessorMap(), name)
	}
	co.processors[protocolHS2], co.processors[protocolHTTP] = processor, processor
	co.processors[protocolBeeswax] = beeswax.NewImpalaServiceProcessor(beeswaxService{co})
	return co
}

// connectionState is the state of the connection that a handler is called for.
type connectionState struct {
	user      string // authenticated user; "": no login
	doAs      string // HTTP: the user of the parameter doAs; "": none
	origin    string // HTTP: X-Forwarded-For
	transport *transport
	session   *session // Beeswax: the session of the connection
	named     bool     // Beeswax: a query has named the session's user
}

// connectionKey is the key of the connectionState in a handler's context.
type connectionKey struct{}

func connectionOf(ctx context.Context) *connectionState {
	return ctx.Value(connectionKey{}).(*connectionState)
}

// serve serves a connection until it is closed. The client reads EOF, not a
// reset, whichever side closes first.
func (c *coordinator) serve(ctx context.Context, l *link, proto protocol) {
	if c.plan.hung {
		l.discardInput()
		return
	}
	if proto == protocolHTTP {
		c.admitHTTP(ctx, l)
	} else if ctx, t := c.admit(ctx, l, proto); t != nil {
		c.serveRequests(ctx, t, proto)
		c.threads[proto].release()
	}
	l.closeGracefully()
}

// admitHTTP serves an HTTP connection once it has a service thread, which it keeps until
// it is closed.
func (c *coordinator) admitHTTP(ctx context.Context, l *link) {
	if c.threads[protocolHTTP].acquire(ctx, noLogin) {
		c.connections[protocolHTTP].Add(1)
		c.serveHTTP(ctx, l, bufio.NewReaderSize(l, httpReadBuffer))
		c.threads[protocolHTTP].release()
	}
}

// noLogin is the login of an HTTP connection: each request has its own.
func noLogin() error { return nil }

// admit runs the login and waits for a service thread. The transport is nil if
// the connection was not admitted.
func (c *coordinator) admit(ctx context.Context, l *link, proto protocol) (context.Context, *transport) {
	in := bufio.NewReaderSize(l, readBuffer)
	conn := &connectionState{}
	login := func() (err error) {
		if c.config.Auth.usesSASL() {
			conn.user, err = c.authenticate(l, in)
		}
		return err
	}
	awaitFirstByte(l, in, c.config.deferAccept)
	if !c.threads[proto].acquire(ctx, login) {
		return ctx, nil
	}
	c.connections[proto].Add(1)
	conn.transport = newTransport(l, in, c.config.Auth.usesSASL())
	return context.WithValue(ctx, connectionKey{}, conn), conn.transport
}

// serveRequests answers requests until the connection is closed.
func (c *coordinator) serveRequests(ctx context.Context, t *transport, proto protocol) {
	var beeswaxSession *session
	if proto == protocolBeeswax {
		beeswaxSession = c.openConnectionSession(ctx)
	}
	p := thrift.TProtocol(thrift.NewTBinaryProtocolConf(t, c.limits))
	if beeswaxSession != nil {
		p = &undeclaredProtocol{TProtocol: p}
	}
	for t.nextRequest() == nil {
		if !c.answerRequest(ctx, p, proto) {
			break
		}
	}
	if beeswaxSession != nil {
		c.closeSession(beeswaxSession)
	}
}

// openConnectionSession opens the session of a Beeswax connection.
func (c *coordinator) openConnectionSession(ctx context.Context) *session {
	conn := connectionOf(ctx)
	conn.session = c.openSession(conn.user, protocolBeeswax)
	c.mu.Lock()
	conn.session.peer = conn.transport.link.clientAddr()
	c.mu.Unlock()
	return conn.session
}

// answerRequest answers one request and reports whether to keep the connection.
// A request without its argument reaches its handler as nil, which the generated
// code does not check: the panic closes the connection and is logged, as it might
// also be a bug of this package.
func (c *coordinator) answerRequest(ctx context.Context, p thrift.TProtocol, proto protocol) (keepOpen bool) {
	defer func() {
		if r := recover(); r != nil {
			c.config.Log.ErrorContext(ctx, "request failed", "coordinator", c.name, "panic", r)
			keepOpen = false
		}
	}()
	ok, err := c.processors[proto].Process(ctx, p, p)
	var application thrift.TApplicationException
	return ok || errors.As(err, &application) && application.TypeId() == thrift.UNKNOWN_METHOD
}
