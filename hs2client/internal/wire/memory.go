package wire

import (
	"strconv"
	"sync/atomic"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Memory bounds what the replies to several connections take together. A nil Memory
// has no bound.
type Memory struct {
	limit int64
	taken atomic.Int64
}

// NewMemory is a Memory of limit bytes.
func NewMemory(limit int) *Memory { return &Memory{limit: int64(limit)} }

// take takes n bytes, if they are left.
func (m *Memory) take(n int) bool {
	if m == nil || m.taken.Add(int64(n)) <= m.limit {
		return true
	}
	m.taken.Add(-int64(n))
	return false
}

// give returns n bytes.
func (m *Memory) give(n int) {
	if m != nil && n > 0 {
		m.taken.Add(-int64(n))
	}
}

// How a connection takes of a Memory.
const (
	// freeShare is what a reply may take without asking, less than its read buffer: an
	// ordinary reply leaves the Memory alone.
	freeShare = 4 << 10
	// shareStep is what is taken at once.
	shareStep = 16 << 10
)

// share is what one connection has taken of a Memory.
type share struct {
	memory *Memory
	taken  int
	left   int  // of what was taken, or is free
	keeps  bool // over more than one reply
}

// begin is before a reply.
func (s *share) begin() {
	if !s.keeps {
		s.left = freeShare
	}
}

// end is after a reply, and gives back what it took.
func (s *share) end() {
	if !s.keeps {
		s.memory.give(s.taken)
		s.taken = 0
	}
}

// reserve counts n bytes that are about to be allocated.
func (s *share) reserve(n int) error {
	if s.left -= n; s.left >= 0 {
		return nil
	}
	step := max(-s.left, shareStep)
	if !s.memory.take(step) {
		s.left = 0
		return failure(vocab.KindOversize, "the replies to all sessions together need more memory than this client allows, "+
			strconv.FormatInt(s.memory.limit>>10, 10)+" KiB: open fewer sessions at once, or ask for smaller results")
	}
	s.taken += step
	s.left += step
	return nil
}

// SetMemory makes m bound the replies.
func (c *Conn) SetMemory(m *Memory) { c.t.share.memory = m }

// KeepReplies keeps what the next replies take of the Memory, until DropReplies.
func (c *Conn) KeepReplies() {
	c.t.share.begin()
	c.t.share.keeps = true
}

// DropReplies gives back what was kept.
func (c *Conn) DropReplies() {
	c.t.share.keeps = false
	c.t.share.end()
}

// Reserve counts n bytes that are about to be allocated for the present reply, beside
// its own budget.
func (c *Conn) Reserve(n int) error { return c.t.share.reserve(n) }
