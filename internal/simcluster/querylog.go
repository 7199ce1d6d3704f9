package simcluster

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// queryRecord is what a coordinator knows about a query, also after it was closed.
type queryRecord struct {
	id, session       handle
	protocol          protocol
	user, delegate    string
	database          string
	statement         string // its beginning
	peer              netip.AddrPort
	startedAt, ended  time.Time // ended: zero until it is closed
	planned, scanned  bool
	failure           error // nil: none so far
	statementOverflow bool  // statement is not all of it
}

// maxStatementLog is how much of a statement is kept, in bytes.
const maxStatementLog = 4 << 10

// queryLogSize is how many closed queries a coordinator remembers
// (--query_log_size).
const queryLogSize = 200

// newRecord returns the record of a query that starts now in s. The caller must hold
// mu.
func newRecord(s *session, id handle, statement string, t *table) queryRecord {
	r := queryRecord{
		id: id, session: s.id, protocol: s.protocol, user: s.user, delegate: s.delegate(), database: s.database,
		statement: statement, peer: s.peer, startedAt: time.Now(),
	}
	if len(statement) > maxStatementLog {
		r.statement, r.statementOverflow = strings.Clone(statement[:maxStatementLog]), true
	}
	if t != nil {
		r.planned, r.scanned = t.planned, t.scanned
	}
	return r
}

// effectiveUser is the user for whom the query runs.
func (r *queryRecord) effectiveUser() string {
	if r.delegate != "" {
		return r.delegate
	}
	return r.user
}

// logQuery adds a closed query to the log, in place of the oldest if it is full. The
// caller must hold mu.
func (c *coordinator) logQuery(r queryRecord) {
	r.ended = time.Now()
	if len(c.queryLog) < queryLogSize {
		c.queryLog = append(c.queryLog, r)
		return
	}
	c.queryLog[c.oldestLogged] = r
	c.oldestLogged = (c.oldestLogged + 1) % queryLogSize
}

// recordOf finds an open or a closed query that user may see.
func (c *coordinator) recordOf(id handle, user string) (queryRecord, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := queryRecord{}
	if o := c.operations[id]; o != nil {
		found = o.record
	}
	for _, r := range c.queryLog {
		if r.id == id {
			found = r
		}
	}
	if found.id != id || id == (handle{}) {
		return queryRecord{}, sqlError(fmt.Sprintf("Query id %s not found.\n", id))
	}
	if found.effectiveUser() != user {
		return queryRecord{}, sqlError(fmt.Sprintf("User %s is not authorized to access the runtime profile or execution summary.\n", user))
	}
	return found, nil
}
