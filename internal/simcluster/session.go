package simcluster

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// handle is the ID or the secret of a session or an operation.
type handle [16]byte

// String formats a handle as Impala does: two little-endian numbers
// (be/src/util/debug-util.cc, PrintId).
func (h handle) String() string {
	return fmt.Sprintf("%016x:%016x", binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:]))
}

// parseHandle parses the result of String, which Beeswax clients send back.
func parseHandle(text string) (h handle, ok bool) {
	var b [16]byte
	if len(text) != 33 || text[16] != ':' {
		return h, false
	}
	if _, err := hex.Decode(b[:8], []byte(text[:16])); err != nil {
		return h, false
	}
	if _, err := hex.Decode(b[8:], []byte(text[17:])); err != nil {
		return h, false
	}
	binary.LittleEndian.PutUint64(h[:8], binary.BigEndian.Uint64(b[:8]))
	binary.LittleEndian.PutUint64(h[8:], binary.BigEndian.Uint64(b[8:]))
	return h, true
}

// session is an HS2 session, or a Beeswax connection's own.
type session struct {
	id     handle
	secret handle
	user   string // who logged in
	pid    int32  // of the process that opened it

	protocol protocol
	version  hs2.TProtocolVersion // HS2: what was agreed
	peer     netip.AddrPort       // of the connection that opened it
	details  *sessionDetails      // nil: none, as for most

	// Guarded by the coordinator's mu.
	database   string
	options    map[string]string // set by the client; nil: none
	operations []*operation      // open operations, unordered
}

// sessionDetails are what few sessions have.
type sessionDetails struct {
	delegate string // for whom the user acts; "": for himself
	origin   string // X-Forwarded-For of the request that opened the session; "": none
}

// delegate is the user for whom the session's user acts; "": for himself.
func (s *session) delegate() string {
	if s.details == nil {
		return ""
	}
	return s.details.delegate
}

// effectiveUser is the user whose rights count.
func (s *session) effectiveUser() string {
	if d := s.delegate(); d != "" {
		return d
	}
	return s.user
}

// operation is an accepted statement.
type operation struct {
	id           handle
	session      *session
	statement    string
	result       *table    // nil: the statement has no result
	err          error     // why the statement was not accepted; nil: it was
	canRewind    bool      // fetching may start over (impala.resultset.cache.size)
	readyAt      time.Time // when its rows are available; zero: immediately
	admissionErr error     // the error from admission control; nil: admitted
	fetched      int       // rows fetched; guarded by the coordinator's mu
	record       queryRecord
}

// running reports whether the rows are not available yet.
func (o *operation) running() bool { return !o.readyAt.IsZero() && time.Now().Before(o.readyAt) }

// fetchTimeout is how long a fetch waits for rows (FETCH_ROWS_TIMEOUT_MS).
const fetchTimeout = 10 * time.Second

// waitReady waits for the rows as a fetch does; false if they are not available
// after fetchTimeout.
func (o *operation) waitReady(ctx context.Context) bool {
	if o.running() {
		sleep(ctx, min(time.Until(o.readyAt), fetchTimeout))
	}
	return !o.running()
}

// newHandle returns a handle that is unique in this coordinator and depends only
// on the seed and the number of handles created. The caller must hold mu.
func (c *coordinator) newHandle() (h handle) {
	c.handles++
	binary.LittleEndian.PutUint64(h[:8], mix(c.seed, 2*c.handles))
	binary.LittleEndian.PutUint64(h[8:], mix(c.seed, 2*c.handles+1))
	return h
}

// openSession opens a session for user; "" is the user anonymous. The fault
// restart takes effect here, between two sessions.
func (c *coordinator) openSession(user string, p protocol) *session {
	setDefault(&user, "anonymous")
	c.mu.Lock()
	defer c.mu.Unlock()
	if after := c.plan.restartAfter; after > 0 && c.opened.Load() == int64(after) && c.pids[0] != c.nextPID {
		c.pids = append(c.pids, c.nextPID)
	}
	c.opened.Add(1)
	s := &session{
		id: c.newHandle(), secret: c.newHandle(), user: user, pid: c.pids[len(c.pids)-1], protocol: p,
		database: "default", version: hs2.TProtocolVersion_V6,
	}
	c.sessions[s.id] = s
	return s
}

// closeSession removes a session and its operations.
func (c *coordinator) closeSession(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions[s.id] != s {
		return
	}
	c.closed.Add(1)
	delete(c.sessions, s.id)
	for _, o := range s.operations {
		delete(c.operations, o.id)
		c.logQuery(o.record)
	}
}

// addOperation adds an operation to a session. As in Impala, the ID ends in four
// zero bytes, which are used to number fragment instances. One that was not accepted
// is only logged.
func (c *coordinator) addOperation(s *session, o operation) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	o.id, o.session = c.newHandle(), s
	clear(o.id[8:12])
	o.record = newRecord(s, o.id, o.statement, o.result)
	if o.err != nil {
		o.record.failure = o.err
		c.logQuery(o.record)
		return &o
	}
	if o.result != nil && o.result.scanned {
		c.admitQuery(&o)
		o.record.failure = o.admissionErr
	}
	c.operations[o.id] = &o
	s.operations = append(s.operations, &o)
	return &o
}

// admitQuery applies the faults of admission and executors to a query that scans
// a table.
func (c *coordinator) admitQuery(o *operation) {
	if c.plan.noExecutors {
		o.admissionErr = queryError(o.id, errNoExecutors)
	} else if c.plan.slowQuery > 0 {
		o.readyAt = time.Now().Add(c.plan.slowQuery)
	}
}

// operation finds an operation by ID; nil if there is none.
func (c *coordinator) operation(id handle) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.operations[id]
}

// closeOperation removes an operation.
func (c *coordinator) closeOperation(o *operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.operations[o.id] != o {
		return
	}
	delete(c.operations, o.id)
	c.logQuery(o.record)
	o.session.operations = slices.DeleteFunc(o.session.operations, func(one *operation) bool { return one == o })
}

// nextRows advances by at most maxRows rows, or by all if maxRows is not positive,
// and returns the first row and the one after the last.
func (c *coordinator) nextRows(o *operation, maxRows int64) (from, to int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to = o.fetched, o.result.rows
	if maxRows > 0 && int64(to-from) > maxRows {
		to = from + int(maxRows)
	}
	o.fetched = to
	return from, to
}
