package hs2client

import "github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"

// Memory bounds what the replies of many sessions take together. A reply counts while
// it is decoded, and a result until [Session.Query] returns it: after that it is the
// caller's. The first 4 KiB of a session are free, so that ordinary replies are not
// counted at all. A session that would exceed it fails with KindOversize, whoever took
// the rest; nothing is waited for. It is for any number of goroutines.
type Memory struct{ all *wire.Memory }

// NewMemory is a Memory of limit bytes.
func NewMemory(limit int) *Memory { return &Memory{wire.NewMemory(limit)} }

// shared is what connections share; nil: nothing.
func (m *Memory) shared() *wire.Memory {
	if m == nil {
		return nil
	}
	return m.all
}
