package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// tally fills in the backends that the log names beside the coordinators that we met, and
// where failed sessions were sent.
func (j *Join) tally(r *Reconciliation, p pairing, offset time.Duration) {
	of := map[string]*Backend{}
	for i := range p.pairs {
		one := &p.pairs[i]
		if one.state != joined || backendOf(&one.record) == "" {
			continue
		}
		backendIn(of, backendOf(&one.record)).add(j.sessions[i], one)
	}
	j.tallyOthers(r, of, offset)
	for _, b := range of {
		r.Backends = append(r.Backends, *b)
	}
	slices.SortFunc(r.Backends, func(a, b Backend) int {
		return cmp.Or(b.Sessions-a.Sessions, b.Others-a.Others, cmp.Compare(a.Backend, b.Backend))
	})
	r.Backends = r.Backends[:min(len(r.Backends), maxBackends)]
	j.tallyFailed(r, p)
}

// backendIn is a backend in the table, with a row of its own from then on.
func backendIn(of map[string]*Backend, name string) *Backend {
	b := of[name]
	if b == nil {
		b = &Backend{Backend: name, Coordinators: map[string]int{}}
		of[name] = b
	}
	return b
}

// maxBackends is how many backends are told of.
const maxBackends = 1000

func (b *Backend) add(s Session, p *pair) {
	b.Name = p.record.Name
	b.Sessions++
	if s.Outcome == scenarios.OutcomeFailed {
		b.Failed++
	}
	if p.record.Retried {
		b.Retried++
	}
	if s.Coordinator != "" && !p.several {
		b.Coordinators[s.Coordinator]++
	}
}

// tallyOthers counts the connections of others during the run, by the log's clock.
func (j *Join) tallyOthers(r *Reconciliation, of map[string]*Backend, offset time.Duration) {
	during := span{j.window.start.Add(offset), j.window.end.Add(offset)}
	if r.Log.Address != "" {
		return // ours are among them
	}
	for backend, n := range j.others.during(during) {
		if j.format.Flows && of[backend] == nil {
			continue // another leg, or the way back
		}
		r.Log.Others += n
		if backend != "" {
			backendIn(of, backend).Others += n
		}
	}
	if !j.format.Flows {
		r.Log.Own = j.others.own.during(during)
	}
	r.Log.Partial = j.others.full
}

// tallyFailed groups the failed sessions that joined.
func (j *Join) tallyFailed(r *Reconciliation, p pairing) {
	groups := map[Failed]int{}
	for i := range p.pairs {
		s, one := j.sessions[i], &p.pairs[i]
		if one.state != joined || s.Outcome != scenarios.OutcomeFailed {
			continue
		}
		backend := backendOf(&one.record)
		groups[Failed{Class: s.Class, Backend: backend, Coordinator: r.coordinatorAt(backend), Reason: one.record.Reason}]++
	}
	for g, n := range groups {
		g.Sessions = n
		r.Failed = append(r.Failed, g)
	}
	slices.SortFunc(r.Failed, func(a, b Failed) int {
		return cmp.Or(b.Sessions-a.Sessions, a.Class.Compare(b.Class), cmp.Compare(a.Backend, b.Backend), cmp.Compare(a.Reason, b.Reason))
	})
}

// coordinatorAt is the one that was met at a backend; "" where there is none or several.
func (r *Reconciliation) coordinatorAt(backend string) string {
	i := slices.IndexFunc(r.Backends, func(b Backend) bool { return b.Backend == backend })
	if i < 0 || len(r.Backends[i].Coordinators) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(r.Backends[i].Coordinators))[0]
}
