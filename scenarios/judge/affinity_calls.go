package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// callsJudge asks, over HTTP alone, whether every call of a session reached the
// coordinator that opened it. Over other protocols a session is on one connection.
func callsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	if e.Scenario.Target.Protocol != scenarios.ProtocolHS2HTTP {
		return nil, scenarios.NextLook{}
	}
	f := scenarios.Finding{ID: scenarios.AffinityCalls}
	looks := batch.Pool(e.Looks)
	foreign, example := foreignCalls(looks)
	_, ok, _, _ := e.Pooled().Total()
	sessions := batch.Sessions(looks)
	if n, text := foreignCloses(e.Closes); n > 0 {
		foreign, sessions, example = foreign+n, sessions+e.Sessions.Scout, phrase.Join(example, text)
	}
	switch {
	case foreign > 0:
		f.Status = scenarios.StatusFail
		f.Message = fmt.Sprintf("in %d of %s a call was answered by another coordinator than the one that opened the session", foreign, phrase.Count(sessions, "session"))
		f.Explain, f.Fix = example, cause.Persistence(e.Scenario)
	case ok == 0:
		f.Status, f.Message = batch.NoSession(batch.Refusals(e))
	default:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("every call of %s reached the coordinator that opened the session", phrase.Count(ok, "session"))
	}
	f.Observed, f.Expected = phrase.Num(foreign), phrase.Num(0)
	if h := e.HTTP; h != nil {
		f.Explain = phrase.Join(fmt.Sprintf("%s over %s", phrase.Count(h.Requests, "request"), phrase.Count(h.Connections, "connection")), f.Explain)
		if h.Reauthentications > 0 {
			f.Note = fmt.Sprintf("%s sent once more, since the coordinator that it reached refused the cookie of another", phrase.Were(h.Reauthentications, "call"))
		}
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// foreignCloses are the good sessions, scouts included, whose close reached another
// coordinator.
func foreignCloses(closes []scenarios.CloseTally) (n int, example string) {
	for _, t := range closes {
		if t.Class.Kind == vocab.KindForeignHandle {
			n += t.Failed
			example = phrase.Join(example, t.Example)
		}
	}
	return n, example
}

// foreignCalls are the sessions that ended by a call which reached another coordinator.
func foreignCalls(looks []batch.Look) (n int, example string) {
	for _, g := range batch.ServiceErrors(looks) {
		if g.Class.Kind == vocab.KindForeignHandle {
			n += g.Count
			example = phrase.Join(example, g.Example)
		}
	}
	return n, example
}
