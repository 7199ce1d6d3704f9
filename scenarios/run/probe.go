package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// explain learns what speaks on the node of the failure that got furthest, where that
// failure does not say so, and has the reason to stop say it. It is done once a run.
func (r *run) explain(ctx context.Context, stop scenarios.Stop, at scenarios.Scout) scenarios.Stop {
	if r.opt.Probe == nil || !worthProbing(at.Class) {
		return stop
	}
	i := slices.IndexFunc(r.nodes.All(), func(n Node) bool { return n.Addr == at.Address })
	if i < 0 {
		return stop
	}
	r.collect.event(Event{Kind: EventProbe, Text: "no session is good: asking what answers at " + at.Address.String()})
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.s.Load.Timeout))
	defer cancel()
	p := r.opt.Probe(ctx, r.nodes.All()[i])
	if p.Connections == 0 {
		return stop
	}
	p.Node = at.Address
	r.probe = &p
	stop.Text += "; " + probeText(p)
	switch {
	case len(p.Hint) > 0:
		stop.Hint = p.Hint
	case p.AsConfigured:
		stop.Hint = withoutConnectionSettings(stop.Hint)
	}
	return stop
}

// worthProbing reports whether a connection was made, and what speaks there is not known.
func worthProbing(c vocab.Class) bool {
	switch c.Kind {
	case vocab.KindTimeout, vocab.KindEOF, vocab.KindReset, vocab.KindRejected, vocab.KindNotTLS,
		vocab.KindGarbage, vocab.KindOversize, vocab.KindMismatch, vocab.KindAlert:
		return c.Phase > vocab.PhaseTCP && c.Phase <= vocab.PhaseOpen
	}
	return false
}

// probeText says that a probe was made, and what it met.
func probeText(p scenarios.Probe) string {
	made := "one diagnostic connection afterwards"
	if p.Connections > 1 {
		made = fmt.Sprintf("%d diagnostic connections afterwards", p.Connections)
	}
	if p.Heard == vocab.HeardNothing {
		return fmt.Sprintf("%s to %s had no answer", made, p.Node)
	}
	text := fmt.Sprintf("%s to %s met %s", made, p.Node, p.Heard.Who())
	if p.TLS {
		text += " within TLS"
	}
	if p.Text != "" {
		text += ": " + p.Text
	}
	return text
}

// withoutConnectionSettings drops what the probe has disproved: how sessions connect
// is what the port speaks.
func withoutConnectionSettings(hint scenarios.Fixes) scenarios.Fixes {
	return slices.DeleteFunc(slices.Clone(hint), vocab.Fix.OfConnection)
}
