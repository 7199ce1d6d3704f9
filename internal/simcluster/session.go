package simcluster

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// handle is the public half of a session's or an operation's identity.
type handle [16]byte

// String prints a handle as Impala does: both halves are little-endian numbers
// (be/src/util/debug-util.cc, PrintId).
func (h handle) String() string {
	return fmt.Sprintf("%016x:%016x", binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:]))
}

// parseHandle reads what String wrote, as Beeswax clients send it back.
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
	user   string
	pid    int32 // of the process it was opened in

	protocol protocol

	// Guarded by the coordinator's mu.
	database   string
	options    map[string]string // set by the client; nil: none
	operations []*operation      // open ones, in no order
}

// operation is a statement that was accepted.
type operation struct {
	id           handle
	session      *session
	result       *table    // nil: the statement has none
	canRewind    bool      // fetching may start over (impala.resultset.cache.size)
	readyAt      time.Time // when its rows are there; zero: at once
	admissionErr error     // by admission, in Impala's words; nil: it runs
	fetched      int       // rows; guarded by the coordinator's mu
}

// running reports whether the rows are still to come.
func (o *operation) running() bool { return !o.readyAt.IsZero() && time.Now().Before(o.readyAt) }

// fetchTimeout is how long a fetch waits for rows (FETCH_ROWS_TIMEOUT_MS).
const fetchTimeout = 10 * time.Second

// waitReady waits for the rows as a fetch does; false where they are not there then.
func (o *operation) waitReady(ctx context.Context) bool {
	if o.running() {
		sleep(ctx, min(time.Until(o.readyAt), fetchTimeout))
	}
	return !o.running()
}

// newHandle is unique in this coordinator and the same for the same seed. Call
// it with mu held.
func (c *coordinator) newHandle() (h handle) {
	c.handles++
	binary.LittleEndian.PutUint64(h[:8], mix(c.seed, 2*c.handles))
	binary.LittleEndian.PutUint64(h[8:], mix(c.seed, 2*c.handles+1))
	return h
}

// openSession opens a session for user, "" being anonymous, over a protocol. The restart that a
// fault asks for happens between two sessions.
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
		database: "default",
	}
	c.sessions[s.id] = s
	return s
}

// closeSession forgets a session and its operations.
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
	}
}

// addOperation makes an operation of a statement's result. A query's id ends in
// four zero bytes, as Impala's do: there the fragment instances count.
func (c *coordinator) addOperation(s *session, result *table, cached bool) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := &operation{id: c.newHandle(), session: s, result: result, canRewind: cached}
	clear(o.id[8:12])
	if result != nil && result.scanned {
		c.admitQuery(o)
	}
	c.operations[o.id] = o
	s.operations = append(s.operations, o)
	return o
}

// admitQuery is what admission and the executors make of a query over tables.
func (c *coordinator) admitQuery(o *operation) {
	if c.plan.noExecutors {
		o.admissionErr = queryError(o.id, errNoExecutors)
	} else if c.plan.slowQuery > 0 {
		o.readyAt = time.Now().Add(c.plan.slowQuery)
	}
}

// operation finds an operation by id; nil where there is none.
func (c *coordinator) operation(id handle) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.operations[id]
}

// closeOperation forgets an operation.
func (c *coordinator) closeOperation(o *operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.operations, o.id)
	o.session.operations = slices.DeleteFunc(o.session.operations, func(one *operation) bool { return one == o })
}

// nextRows takes up to most rows, or all where most is not positive, and returns
// the first and the one after the last.
func (c *coordinator) nextRows(o *operation, most int64) (from, to int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to = o.fetched, o.result.rows
	if most > 0 && int64(to-from) > most {
		to = from + int(most)
	}
	o.fetched = to
	return from, to
}
