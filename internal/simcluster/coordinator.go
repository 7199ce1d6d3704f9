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
	config        Config
	plan          coordinatorPlan
	host          string // what coordinator() says
	name          string // host:port of its web server
	version       string // the one-line form
	threads       [protocolCount]*threadPool
	processors    [protocolCount]thrift.TProcessor
	createdAt     time.Time
	sessionConfig map[string]string // OpenSession's configuration; never changed
	encodedConfig []byte            // the same, as it is sent
	limits        *thrift.TConfiguration
	background    int // sessions of Config.Background that found a thread

	connections                                  [protocolCount]atomic.Int64 // that reached a service thread
	opened, closed, statements, logins, rejected atomic.Int64

	mu             sync.Mutex
	seed           uint64 // of handles
	handles        uint64 // handed out
	pids           []int32
	nextPID        int32 // after a restart
	sessions       map[handle]*session
	operations     map[handle]*operation
	stopped        bool               // the process is not there
	processStarted time.Time          // when the process was
	links          map[*link]struct{} // open, and to be reset; kept under the fault down alone
}

// stopThriftPolling turns off a goroutine and a ticker per request, which the
// runtime starts to see whether the client is still there: it costs a quarter
// of the server's time, and nothing here needs it. The setting is the
// process's: another Thrift server in it must not be answering yet when the
// first cluster starts.
var stopThriftPolling = sync.OnceFunc(func() { thrift.ServerConnectivityCheckInterval = 0 })

// newCoordinator is number i of the cluster, from 0, under host, its pages at
// name, with a pid for now and one for after a restart.
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
	co.sessionConfig = defaultOptions()
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
	speaks := hs2.NewImpalaHiveServer2ServiceProcessor(hs2Service{co})
	if p.noPing {
		delete(speaks.ProcessorMap(), "PingImpalaHS2Service")
	}
	co.processors[protocolHS2] = speaks
	co.processors[protocolBeeswax] = beeswax.NewImpalaServiceProcessor(beeswaxService{co})
	return co
}

// connectionState is what a handler knows of the connection it is called on.
type connectionState struct {
	user    string     // logged in; "": nobody did
	wire    *transport // what it is answered over
	session *session   // Beeswax: the connection's own
}

// connectionKey finds the connection in a handler's context.
type connectionKey struct{}

func connectionOf(ctx context.Context) *connectionState {
	return ctx.Value(connectionKey{}).(*connectionState)
}

// serve has a connection until it ends. Whoever closes first, the client reads
// an end rather than a reset.
func (c *coordinator) serve(ctx context.Context, l *link, proto protocol) {
	if c.plan.hung {
		l.discardInput()
		return
	}
	if ctx, w := c.admit(ctx, l, proto); w != nil {
		c.serveRequests(ctx, w, proto)
		c.threads[proto].release()
	}
	l.closeGracefully()
}

// admit lets a client log in and wait for a service thread. The transport is
// nil where it got none.
func (c *coordinator) admit(ctx context.Context, l *link, proto protocol) (context.Context, *transport) {
	in := bufio.NewReaderSize(l, readBuffer)
	conn := &connectionState{}
	login := func() (err error) {
		if c.config.Auth == LDAP {
			conn.user, err = c.authenticate(l, in)
		}
		return err
	}
	if !c.threads[proto].acquire(ctx, login) {
		return ctx, nil
	}
	c.connections[proto].Add(1)
	conn.wire = newTransport(l, in, c.config.Auth == LDAP)
	return context.WithValue(ctx, connectionKey{}, conn), conn.wire
}

// serveRequests answers requests until the connection ends.
func (c *coordinator) serveRequests(ctx context.Context, w *transport, proto protocol) {
	var own *session
	if proto == protocolBeeswax {
		own = c.openConnectionSession(ctx)
	}
	p := thrift.TProtocol(thrift.NewTBinaryProtocolConf(w, c.limits))
	if own != nil {
		p = &undeclaredProtocol{TProtocol: p}
	}
	for w.nextRequest() == nil && c.answerRequest(ctx, p, proto) {
	}
	if own != nil {
		c.closeSession(own)
	}
}

// openConnectionSession opens the session that a Beeswax connection is.
func (c *coordinator) openConnectionSession(ctx context.Context) *session {
	conn := connectionOf(ctx)
	conn.session = c.openSession(conn.user, protocolBeeswax)
	return conn.session
}

// answerRequest answers one request and reports whether the connection goes on. A
// request that lacks its argument reaches its handler as nil, which generated
// code does not catch: it ends the connection, and is logged as it might be a
// fault of ours.
func (c *coordinator) answerRequest(ctx context.Context, p thrift.TProtocol, proto protocol) (goesOn bool) {
	defer func() {
		if r := recover(); r != nil {
			c.config.Log.ErrorContext(ctx, "request failed", "coordinator", c.name, "panic", r)
			goesOn = false
		}
	}()
	ok, err := c.processors[proto].Process(ctx, p, p)
	var application thrift.TApplicationException
	return ok || errors.As(err, &application) && application.TypeId() == thrift.UNKNOWN_METHOD
}
