package run

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// collector folds observations into what a result holds. It alone calls the
// caller's hooks, one at a time. Its memory grows with coordinators, nodes and
// looks, not with sessions.
type collector struct {
	opt  Options
	halt context.CancelFunc

	mu       sync.Mutex
	breaker  breaker
	stopping *scenarios.Stop // the first reason to end before time
	counts   scenarios.Sessions
	phases   scenarios.PhaseStats
	certs    []scenarios.Cert
	failures []scenarios.Failure
	notes    []string
	looks    []scenarios.Look
	current  *scenarios.Look // nil between looks
	progress Event           // of the current look
}

// end records a session that has ended.
func (c *collector) end(o scenarios.Observation, leftOpen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if leftOpen {
		c.counts.LeftOpen++
	}
	c.count(o)
	if o.Cert != nil {
		c.certificate(*o.Cert, o.Node)
	}
	if o.Outcome == scenarios.Failed && !o.Refused {
		c.failure(o)
	}
	if c.opt.Observe != nil {
		c.opt.Observe(o)
	}
	if o.Refused {
		c.tell(Event{Kind: EventDropped, Text: fmt.Sprintf("%s is dialled no more: %s", o.Node, o.Text)})
	}
	if stop := c.breaker.note(o); stop != nil {
		c.stopLocked(*stop)
	}
}

// count adds a session to the look, or beside it.
func (c *collector) count(o scenarios.Observation) {
	switch {
	case o.Part == scenarios.Scout:
		c.counts.Scout++
	case o.Part == scenarios.Settle:
		c.counts.Settle++
	}
	if o.Refused {
		c.counts.Refused++
	}
	if c.current == nil || o.Part == scenarios.Scout || o.Part == scenarios.Settle {
		return
	}
	c.current.Add(o)
	if o.Outcome == scenarios.OK {
		c.phases.Record(o.Phases)
	}
	if !o.Refused {
		c.progress.Done++
	}
	if o.Outcome == scenarios.Failed && !o.Refused {
		c.progress.Failed++
	}
	c.tell(c.progress)
}

// maxCerts bounds the certificates kept: a node shows one, or a few where
// several machines stand behind it.
const maxCerts = 256

// certificate pools what a node presented by fingerprint.
func (c *collector) certificate(cert scenarios.Cert, node netip.AddrPort) {
	cert.Node = node
	i := slices.IndexFunc(c.certs, func(o scenarios.Cert) bool {
		return o.Node == node && o.Fingerprint == cert.Fingerprint
	})
	if i < 0 {
		if len(c.certs) == maxCerts {
			return
		}
		cert.Sessions = 0
		if cert.Seen.IsZero() {
			cert.Seen = time.Now().UTC()
		}
		i = len(c.certs)
		c.certs = append(c.certs, cert)
	}
	c.certs[i].Sessions++
}

func (c *collector) failure(o scenarios.Observation) {
	if len(c.failures) == scenarios.MaxFailures {
		return
	}
	c.failures = append(c.failures, scenarios.Failure{
		Time: time.Now().UTC(), Local: o.Local, Node: o.Node, Coordinator: o.Who.Coordinator,
		Phase: o.Failed, Class: o.Class, Text: o.Text,
	})
}

// begin opens a look.
func (c *collector) begin(ask judge.Ask, burst int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = &scenarios.Look{Kind: ask.Kind, Planned: ask.Sessions}
	c.progress = Event{Kind: EventSession, Total: ask.Sessions + burst}
	c.tell(Event{Kind: EventLook, Total: c.progress.Total, Text: fmt.Sprintf("%s, %d sessions and then %d together", ask.Kind, ask.Sessions, burst)})
}

// close ends the look. One of which no session counts is no look.
func (c *collector) close(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if total, _, _, _ := c.current.All().Total(); total > 0 {
		c.current.Cut = cut
		c.looks = append(c.looks, *c.current)
	}
	c.current = nil
}

// sayWhyEmpty leaves, where there is no look, an empty one that holds how many
// sessions ended for their certificate, so that the judges can say so.
func (c *collector) sayWhyEmpty(planned int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.looks) == 0 {
		c.looks = append(c.looks, scenarios.Look{Planned: planned, Cut: true, Refused: c.counts.Refused})
	}
}

// resolved records how long the names took.
func (c *collector) resolved(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phases.Record([scenarios.NumPhases]time.Duration{scenarios.Resolve: d})
}

// stop ends the run for a reason; the first one stays.
func (c *collector) stop(why scenarios.Stop) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopLocked(why)
}

func (c *collector) stopLocked(why scenarios.Stop) {
	if c.stopping == nil {
		c.stopping = &why
		c.tell(Event{Kind: EventStop, Text: why.Text})
	}
	c.halt()
}

// over reports whether the run ends before its time.
func (c *collector) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping != nil
}

// settled is how many sessions the budget does not speak of.
func (c *collector) settled() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts.Settle
}

func (c *collector) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, text)
}

func (c *collector) event(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(e)
}

// tell calls Progress; c.mu is held.
func (c *collector) tell(e Event) {
	if c.opt.Progress != nil {
		c.opt.Progress(e)
	}
}
