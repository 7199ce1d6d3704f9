package merge_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// began is when generated runs begin.
var began = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// scenarioOf is a scenario of a kind, for five coordinators.
func scenarioOf(k scenarios.Kind) scenarios.Scenario {
	s := scenarios.Default()
	s.Name, s.Kind = "generated", k
	s.Target.Endpoints = []string{"127.0.0.2:21050", "127.0.0.3:21050"}
	s.Expect.Coordinators.Count = 5
	s.Load.Rate = 100
	s.Thresholds = map[string][]string{"session.open{coordinator=*}": {"p(50) < 1h"}}
	switch k {
	case scenarios.KindStages:
		s.Load.Stages = []scenarios.Stage{{Rate: 100, For: scenarios.Duration(10 * time.Second)}}
	case scenarios.KindQuery:
		s.Query = "SELECT 1"
	}
	return s
}

// session is an observation, and the look it belongs to.
type session struct {
	scenarios.Observation
	look int
}

// sessions generates a run of some looks. Every hundredth session or so fails.
func sessions(k scenarios.Kind, looks, each int, seed uint64) []session {
	r := rand.New(rand.NewPCG(seed, 1))
	nodes := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.2:21050"), netip.MustParseAddrPort("127.0.0.3:21050")}
	var out []session
	for i := range looks * each {
		o := scenarios.Observation{Seq: i, Part: scenarios.PartArrival, Node: nodes[r.IntN(2)], Outcome: scenarios.OutcomeOK, Closed: scenarios.OutcomeOK, Open: 1 + r.IntN(16)}
		if k == scenarios.KindLooks {
			o.Part = scenarios.PartOrdered
			if i%each >= each*3/4 {
				o.Part = scenarios.PartBurst
			}
		}
		o.Due = time.Duration(i) * 10 * time.Millisecond
		o.Start = o.Due + time.Duration(r.IntN(2000))*time.Microsecond
		o.Began = began.Add(o.Start)
		o.Owed = (o.Start - o.Due) / 2
		for p := scenarios.PhaseTCP; p < scenarios.NumPhases; p++ {
			o.Phases[p] = time.Duration(1+r.ExpFloat64()*2000) * time.Microsecond
		}
		o.Local = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(1024+i))
		o.Who = scenarios.Identity{Coordinator: fmt.Sprintf("c%d:25000", r.IntN(5)), PID: 7, Version: "5.0", Source: scenarios.SourcePing}
		if k == scenarios.KindWatch && o.Who.Coordinator == away {
			awayFor(&o.Who, i, looks*each)
		}
		o.HTTP = scenarios.HTTPCounts{Requests: 4, Connections: 1}
		switch {
		case r.IntN(100) == 0:
			o.Outcome, o.Failed, o.Class, o.Text = scenarios.OutcomeFailed, scenarios.PhaseOpen, vocabtest.Class("open.eof"), "the words"
			o.Who, o.Closed, o.BytesIn = scenarios.Identity{}, scenarios.OutcomeUnknown, 1
		case r.IntN(50) == 0:
			o.Closed, o.CloseClass, o.CloseText = scenarios.OutcomeFailed, vocabtest.Class("close.eof"), "no reply"
		}
		out = append(out, session{o, i / each})
	}
	return out
}

// away is the coordinator that is away for a part of a watch, and is restarted.
const away = "c2:25000"

// awayFor sends session i of n to another coordinator in the middle of the watch; after
// it another process answers.
func awayFor(who *scenarios.Identity, i, n int) {
	switch {
	case i > n*85/100:
		who.PID = 8
	case i > n*25/100:
		who.Coordinator = "c3:25000"
	}
}

// resultOf folds sessions as a run does.
func resultOf(s scenarios.Scenario, run string, shard *scenarios.Shard, all []session) scenarios.Result {
	r := scenarios.Result{Schema: scenarios.Schema, Run: run, Tool: "test", Seed: 7, Started: began, Seconds: 42}
	m := &r.Measured
	m.Scenario, m.Shard = s, shard
	m.Load, m.Series, m.HTTP = &scenarios.LoadStats{Cores: .5, OfCores: 2, Needs: []scenarios.Resource{{Name: "ports", Need: 100, Have: 28000}}}, &scenarios.Series{}, &scenarios.HTTPCounts{}
	logins := scenarios.LoginTimes{Coordinators: scenarios.TimesByName{}, Nodes: scenarios.TimesByName{}}
	tags := map[string]*scenarios.Times{}
	for _, o := range all {
		for o.look >= len(m.Looks) {
			kind := []scenarios.LookKind{scenarios.LookFirst, scenarios.LookConfirm, scenarios.LookConfirm}[min(2, len(m.Looks))]
			if s.Kind != scenarios.KindLooks {
				kind = scenarios.LookWhole
			}
			m.Looks = append(m.Looks, scenarios.Look{Kind: kind})
		}
		l := &m.Looks[o.look]
		if o.Part != scenarios.PartBurst {
			l.Planned++
		}
		l.Add(o.Observation)
		if o.Outcome == scenarios.OutcomeOK {
			m.Phases.Record(o.Phases)
			if tags[o.Who.Coordinator] == nil {
				tags[o.Who.Coordinator] = &scenarios.Times{}
			}
			tags[o.Who.Coordinator].Record(o.Phases[scenarios.PhaseOpen])
			addTo(logins, o.Observation)
			logins.All.Record(o.Login() - o.Lag())
		} else {
			r.Failures = append(r.Failures, scenarios.Failure{Time: o.Began, Local: o.Local, Node: o.Node, Phase: o.Failed, Class: o.Class, Text: o.Text})
		}
		m.Load.Add(o.Observation)
		m.Series.Add(o.Observation)
		m.HTTP.Add(o.HTTP)
		if c, ok := scenarios.CloseTallyOf(o.Observation); ok {
			m.Closes = scenarios.MergeCloses(m.Closes, c)
			m.Sessions.LeftOpen += c.Failed
		}
	}
	for name, t := range tags {
		m.Tags = append(m.Tags, scenarios.TagTimes{Metric: "session.open", Tag: scenarios.TagCoordinator, Value: name, Times: *t})
	}
	scenarios.SortTags(m.Tags)
	m.Logins = scenarios.LoginsOf(logins)
	addParts(m, all)
	pooled := m.Pooled()
	m.Sessions.Count(pooled)
	for _, node := range []string{"127.0.0.2:21050", "127.0.0.3:21050"} {
		n := scenarios.NodeTallyOf(netip.MustParseAddrPort(node), pooled)
		n.Login = m.Logins.Over(n.Address)
		m.Nodes = append(m.Nodes, n)
		m.Scouts = append(m.Scouts, scenarios.Scout{Address: n.Address, Attempts: 1, Outcome: scenarios.OutcomeOK})
		m.Sessions.Scout++
		m.TLS = append(m.TLS, scenarios.Cert{Node: n.Address, Sessions: n.Sessions, Seen: began, Fingerprint: "ab", Subject: "CN=a", Issuer: "CN=ca",
			SANs: []string{"a"}, NotBefore: began.AddDate(-1, 0, 0), NotAfter: began.AddDate(1, 0, 0), Version: "TLS1.3", Chain: scenarios.ChainOK, HostOK: true, ServerName: "a"})
	}
	judge.Conclude(&r, judge.Judge(r.Measured))
	return r
}

func addTo(l scenarios.LoginTimes, o scenarios.Observation) {
	for _, at := range []struct {
		of   scenarios.TimesByName
		name string
	}{{l.Coordinators, o.Who.Coordinator}, {l.Nodes, o.Node.String()}} {
		t := at.of[at.name]
		t.Record(o.Login() - o.Lag())
		at.of[at.name] = t
	}
}

// addParts adds what runs of one kind alone have.
func addParts(m *scenarios.Measured, all []session) {
	switch m.Scenario.Kind {
	case scenarios.KindQuery:
		m.Queries = queriesOf(all)
	case scenarios.KindHandleReuse:
		for _, name := range m.Pooled().Coordinators() {
			h := scenarios.HandleTally{Opened: name, Answered: name}
			for _, o := range all {
				if o.Who.Coordinator == name && o.Seq%24 < 6 { // each takes two sessions
					h.Reached++
				}
			}
			m.Handles = append(m.Handles, h)
		}
	case scenarios.KindCapacity:
		c := &scenarios.Capacity{Target: len(all), For: 60, Hold: &scenarios.Hold{Began: 9, Ended: 70}}
		held := m.Pooled().ByCoordinator()
		for _, name := range m.Pooled().Coordinators() {
			c.Holders = append(c.Holders, scenarios.Holder{Name: name, Held: held[name]})
			c.Held += held[name]
		}
		c.Survived = c.Held
		m.Capacity = c
	case scenarios.KindWatch:
		m.Watch = watchOf(all)
	}
}

func queriesOf(all []session) []scenarios.QueryTally {
	by := map[string]*scenarios.QueryTally{}
	var names []string
	for _, o := range all {
		name := o.Who.Coordinator
		if by[name] == nil {
			by[name] = &scenarios.QueryTally{Coordinator: name}
			names = append(names, name)
		}
		q := by[name]
		q.Runs++
		if o.Outcome == scenarios.OutcomeOK {
			q.Times = append(q.Times, scenarios.SecondsOf(o.Phases[scenarios.PhaseExecute]))
			continue
		}
		if q.Failed == 0 {
			q.Class, q.Example = o.Class, o.Text
		}
		q.Failed++
	}
	slices.Sort(names)
	var out []scenarios.QueryTally
	for _, name := range names {
		out = append(out, *by[name])
	}
	return out
}

// watchOf is a watch that sees an outage of as long as failed sessions last.
func watchOf(all []session) *scenarios.WatchSeen {
	w := &scenarios.WatchSeen{For: 10}
	at := map[string]int{}
	end := scenarios.SecondsOf(all[len(all)-1].Due)
	long := end * .55 // without a coordinator is an absence
	for _, o := range all {
		due := scenarios.SecondsOf(o.Due)
		w.Sessions++
		if o.Outcome == scenarios.OutcomeFailed {
			w.Errors++
			if w.FirstErr == nil {
				w.FirstErr = &due
			}
			w.LastErr = &due
			continue
		}
		name := o.Who.Coordinator
		if _, ok := at[name]; !ok {
			at[name] = len(w.Coords)
			w.Coords = append(w.Coords, scenarios.Appearance{Name: name, First: due})
		}
		c := &w.Coords[at[name]]
		if due-c.Last > long && c.Sessions > 0 {
			gone, back := c.Last, due
			c.Gone, c.Back = &gone, &back
		}
		c.Sessions++
		c.Last = due
		if !slices.Contains(c.PIDs, o.Who.PID) {
			c.PIDs = append(c.PIDs, o.Who.PID)
		}
	}
	for i, c := range w.Coords {
		if c.Gone == nil && end-c.Last > long {
			w.Coords[i].Gone = &c.Last
		}
	}
	slices.SortFunc(w.Coords, func(a, b scenarios.Appearance) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return w
}
