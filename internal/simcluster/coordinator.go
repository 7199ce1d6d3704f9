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
	config  Config
	plan    coordinatorPlan
	host    string // what coordinator() says
	name    string // host:port of its web server
	version string // the one-line form
	threads [protocols]*threads
	serves  [protocols]thrift.TProcessor
	began   time.Time
	http    map[string]string // OpenSession's configuration; never changed
	encoded []byte            // the same, as it is sent
	limits  *thrift.TConfiguration
	others  int // sessions of Config.Background that found a thread

	connections                                  [protocols]atomic.Int64 // that reached a service thread
	opened, closed, statements, logins, rejected atomic.Int64

	mu         sync.Mutex
	seed       uint64 // of handles
	handles    uint64 // handed out
	pids       []int32
	nextPID    int32 // after a restart
	sessions   map[handle]*session
	operations map[handle]*operation
	gone       bool               // the process is not there
	started    time.Time          // when the process was
	links      map[*link]struct{} // open, and to be reset; kept under the fault down alone
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
	fill(&p.version, c.Version)
	fill(&p.threads, c.Threads)
	if p.pid != 0 {
		pids = [2]int32{p.pid, p.pid}
	}
	co := &coordinator{
		config: c, plan: p, host: host, name: name, version: serverVersion(p.version), began: time.Now(), started: time.Now(),
		seed: mix(c.Seed, uint64(c.First-1+i)+1<<32), pids: pids[:1], nextPID: pids[1],
		sessions: make(map[handle]*session), operations: make(map[handle]*operation), links: make(map[*link]struct{}),
		limits: &thrift.TConfiguration{MaxMessageSize: maxRequest, MaxFrameSize: maxRequest},
	}
	co.http = defaultOptions()
	if !p.noHTTPAddr {
		co.http["http_addr"] = co.name
	}
	if p.sameHostname {
		co.host = sharedHost
	}
	co.encoded = encodeOptions(co.http)
	for proto := range co.threads {
		co.threads[proto] = newThreads(c.SetupThreads, p.threads, c.AcceptTimeout)
	}
	if c.Background != nil {
		co.others = min(c.Background[i], p.threads)
		co.threads[hs2Protocol].hold(co.others)
	}
	speaks := hs2.NewImpalaHiveServer2ServiceProcessor(hs2Service{co})
	if p.noPing {
		delete(speaks.ProcessorMap(), "PingImpalaHS2Service")
	}
	co.serves[hs2Protocol] = speaks
	co.serves[beeswaxProtocol] = beeswax.NewImpalaServiceProcessor(beeswaxService{co})
	return co
}

// connection is what a handler knows of the connection it is called on.
type connection struct {
	user    string   // logged in; "": nobody did
	wire    *wire    // what it is answered over
	session *session // Beeswax: the connection's own
}

// connectionKey finds the connection in a handler's context.
type connectionKey struct{}

func connectionOf(ctx context.Context) *connection {
	return ctx.Value(connectionKey{}).(*connection)
}

// serve has a connection until it ends. Whoever closes first, the client reads
// an end rather than a reset.
func (c *coordinator) serve(ctx context.Context, l *link, proto protocol) {
	if c.plan.hung {
		l.swallow()
		return
	}
	if ctx, w := c.admit(ctx, l, proto); w != nil {
		c.converse(ctx, w, proto)
		c.threads[proto].leave()
	}
	l.hangUp()
}

// admit lets a client log in and wait for a service thread. The transport is
// nil where it got none.
func (c *coordinator) admit(ctx context.Context, l *link, proto protocol) (context.Context, *wire) {
	in := bufio.NewReaderSize(l, readBuffer)
	conn := &connection{}
	login := func() (err error) {
		if c.config.Auth == LDAP {
			conn.user, err = c.logIn(l, in)
		}
		return err
	}
	if !c.threads[proto].enter(ctx, login) {
		return ctx, nil
	}
	c.connections[proto].Add(1)
	conn.wire = newWire(l, in, c.config.Auth == LDAP)
	return context.WithValue(ctx, connectionKey{}, conn), conn.wire
}

// converse answers requests until the connection ends.
func (c *coordinator) converse(ctx context.Context, w *wire, proto protocol) {
	var own *session
	if proto == beeswaxProtocol {
		own = c.openOwn(ctx)
	}
	p := thrift.TProtocol(thrift.NewTBinaryProtocolConf(w, c.limits))
	if own != nil {
		p = &undeclaredProtocol{TProtocol: p}
	}
	for w.begin() == nil {
		if !c.answer(ctx, p, proto) {
			break
		}
	}
	if own != nil {
		c.closeSession(own)
	}
}

// openOwn opens the session that a Beeswax connection is.
func (c *coordinator) openOwn(ctx context.Context) *session {
	conn := connectionOf(ctx)
	conn.session = c.openSession(conn.user, beeswaxProtocol)
	return conn.session
}

// answer answers one request and reports whether the connection goes on. A
// request that lacks its argument reaches its handler as nil, which generated
// code does not catch: it ends the connection, and is logged as it might be a
// fault of ours.
func (c *coordinator) answer(ctx context.Context, p thrift.TProtocol, proto protocol) (goesOn bool) {
	defer func() {
		if r := recover(); r != nil {
			c.config.Log.ErrorContext(ctx, "request failed", "coordinator", c.name, "panic", r)
			goesOn = false
		}
	}()
	ok, err := c.serves[proto].Process(ctx, p, p)
	var application thrift.TApplicationException
	return ok || errors.As(err, &application) && application.TypeId() == thrift.UNKNOWN_METHOD
}
