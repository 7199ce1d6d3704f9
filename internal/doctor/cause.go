package doctor

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Cause is one reason why a way in does not work.
type Cause struct {
	ID      string   // its anchor in docs/troubleshooting.md
	Title   string   // one sentence, without a period
	Users   []string // what clients print, or do; nil: nothing of its own
	Command string   // ours that shows it, without the program's name
	Index   string   // the symptom as the index of those met most has it; "": it is not there

	fits   func(evidence) bool
	sample evidence // one that it fits, of which the documentation has the remedy
}

// evidence is what one cause is found by: a failure, or else what was heard.
type evidence struct {
	class   vocab.Class      // zero: what was heard is the failure
	heard   hs2client.Heard  // zero: nobody was asked
	session hs2client.Config // of the session that failed, or that was asked for
	limit   string           // what the silence before the end shows, by package judge; "": nothing
	fix     scenarios.Fixes  // what the failure itself suggests
}

// Causes is the table, the surest first: the first that fits is the one.
func Causes() []Cause {
	return slices.Concat(limitCauses, reachCauses, foreignCauses, connectionCauses, certificateCauses, settingCauses, loginCauses, kerberosCauses, httpCauses, sessionCauses, restCauses)
}

// causeOf is the first cause that fits. There always is one.
func causeOf(e evidence) Cause {
	all := Causes()
	return all[slices.IndexFunc(all, func(c Cause) bool { return c.fits(e) })]
}

// remedy is what to do: what the client and the judges say of such a failure, without
// what the probe has refuted.
func (e evidence) remedy() scenarios.Fixes {
	switch {
	case e.limit != "":
		return e.fix
	case e.class.IsZero() && e.heard.ClosedWithoutCert():
		return scenarios.Fixes(e.heard.HintFor(e.session))
	case e.class.IsZero() && silent(e.heard):
		return withoutSettings(hs2client.Advice(vocab.Class{Phase: vocab.PhaseSASL, Kind: e.heard.Ended}, login(true)))
	case e.class.IsZero():
		return scenarios.Fixes(e.heard.HintFor(e.session))
	}
	fix := e.fix
	if fix == nil {
		fix = hs2client.Advice(e.class, e.session)
	}
	if e.refuted() {
		fix = slices.DeleteFunc(slices.Clone(fix), vocab.Fix.OfConnection)
	}
	return fix
}

// withoutSettings is what to do about a port that answers no client, whatever its
// settings.
func withoutSettings(fix scenarios.Fixes) scenarios.Fixes {
	return slices.DeleteFunc(fix, func(f vocab.Fix) bool { return f.Setting != "" })
}

// refuted reports whether what was heard is what the session spoke, so that the
// settings of the connection are not what is wrong. Only a session shows which login is
// asked for, and over HTTP whether one is.
func (e evidence) refuted() bool {
	if e.class.Kind == vocab.KindNeedsSASL || e.class.Kind == vocab.KindMechanism {
		return false
	}
	heard := e.heard.What == vocab.HeardSASL || e.heard.What == vocab.HeardThrift || overHTTP(e.heard)
	return heard && e.heard.HintFor(e.session) == nil
}

// failed is the evidence of a failure, with what is known of the port.
func failed(f Failure, h hs2client.Heard, session hs2client.Config) evidence {
	e := evidence{class: f.Class, heard: h, session: session, fix: f.Fix}
	stop := scenarios.Measured{
		Stopped: &scenarios.Stop{By: scenarios.StopScout, Class: f.Class},
		Scouts:  []scenarios.Scout{{Attempts: 1, Outcome: scenarios.OutcomeFailed, Class: f.Class, Waited: scenarios.Seconds(f.Waited.Seconds())}},
	}
	if says, fix, ok := judge.WhyStopped(stop); ok {
		e.limit, e.fix = says, fix
	}
	return e
}

// unlike is the evidence of a port that answers unlike what a session needs. One that
// ends each connection after the same silence shows a time limit, as a failure does.
func unlike(h hs2client.Heard, session hs2client.Config) evidence {
	e := evidence{heard: h, session: session}
	if silent(h) && h.Silence > 0 {
		limit := failed(Failure{Class: vocab.Class{Phase: vocab.PhaseOpen, Kind: h.Ended}, Waited: h.Silence}, h, session)
		e.limit, e.fix = limit.limit, limit.fix
	}
	return e
}

// The conditions of the table.

// of fits failures of a kind in any phase.
func of(kinds ...vocab.Kind) func(evidence) bool {
	return func(e evidence) bool { return slices.Contains(kinds, e.class.Kind) && !e.class.IsZero() }
}

// in fits failures of a kind in one phase.
func in(phase vocab.Phase, kinds ...vocab.Kind) func(evidence) bool {
	return func(e evidence) bool { return e.class.Phase == phase && of(kinds...)(e) }
}

// probed fits what was heard, where no failure is to be explained.
func probed(fits func(hs2client.Heard, hs2client.Config) bool) func(evidence) bool {
	return func(e evidence) bool { return e.class.IsZero() && fits(e.heard, e.session) }
}

// either fits what one of several does.
func either(all ...func(evidence) bool) func(evidence) bool {
	return func(e evidence) bool {
		return slices.ContainsFunc(all, func(fits func(evidence) bool) bool { return fits(e) })
	}
}

// sampleOf is the evidence of a class alone.
func sampleOf(phase vocab.Phase, kind vocab.Kind) evidence {
	return evidence{class: vocab.Class{Phase: phase, Kind: kind}, session: login(vocab.PhaseTLS <= phase)}
}

// logsIn reports whether a session does. Those of doctor have no ticket
// (diagnosis.session).
func logsIn(c hs2client.Config) bool { return c.Plain != nil || c.Bearer != nil }

// login is a session with a password, with or without TLS.
func login(secured bool) hs2client.Config {
	c := hs2client.Config{Plain: &hs2client.Plain{User: "user"}}
	if secured {
		c.TLS = &hs2client.TLSConfig{}
	}
	return c
}
