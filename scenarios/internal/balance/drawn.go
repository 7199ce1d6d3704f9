package balance

import (
	"fmt"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// drawn remembers the chances that were drawn last. Drawing takes some 70 ms and depends
// on a few numbers alone, and a run is judged anew after each of its looks.
var drawn drawnChances

type drawnChances struct {
	mu sync.Mutex
	by map[string]scenarios.Detectable
}

// maxDrawnChances bounds what is remembered.
const maxDrawnChances = 64

// of returns a copy of the chances, drawn now or before.
func (c *drawnChances) of(p powerOf) *scenarios.Detectable {
	key := fmt.Sprint(p.n, p.burst, p.parts, p.taken, p.cs.Declared > 0, p.policy, p.alpha, p.tolerance, p.whole, p.cs.Shares())
	c.mu.Lock()
	d, known := c.by[key]
	c.mu.Unlock()
	if known {
		return &d
	}
	d = *p.detectable()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil || len(c.by) >= maxDrawnChances {
		c.by = map[string]scenarios.Detectable{}
	}
	c.by[key] = d
	return &d
}
