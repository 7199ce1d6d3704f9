package scenarios

// parts looks at what only some kinds of run have.
func (a *audit) parts(r Result) {
	if r.Load != nil {
		a.load(*r.Load)
	}
	if r.Capacity != nil {
		a.capacity(*r.Capacity)
	}
	for _, q := range r.Queries {
		a.counts("queries", q.Runs, q.Failed)
		a.times("queries", q.Times...)
	}
	if r.Idle != nil {
		a.idle(*r.Idle)
	}
	if r.Watch != nil {
		a.watch(*r.Watch)
	}
	if r.Series != nil {
		a.series(*r.Series)
	}
	for _, p := range r.Pages {
		a.counts("pages", p.Threads)
		a.may("pages", p.InUse, p.Total, p.Sessions, p.Executors)
		a.times("pages", p.At, p.Keepalive, p.IdleSession)
	}
}

func (a *audit) load(l LoadStats) {
	a.counts("load", l.Late, l.Dropped, l.OfCores)
	a.factors("load", l.Cores)
	for _, n := range l.Needs {
		a.counts("load", n.Need, n.Have)
	}
}

func (a *audit) capacity(c Capacity) {
	a.counts("capacity", c.Target, c.Held, c.Survived, c.Lost, c.Threads, c.Nominal, c.NMinus1, c.Safe, c.SafeLost, c.MoreCoord, c.MoreThr)
	a.times("capacity", c.For)
	for _, h := range c.Holders {
		a.counts("capacity", h.Held)
	}
}

func (a *audit) idle(s IdleSeen) {
	a.length("idle", len(s.Steps), maxSteps)
	a.factors("idle", s.Scale)
	a.times("idle", s.LastAlive, s.FirstDead, s.At)
	for _, step := range s.Steps {
		a.times("idle", step.After, step.At)
	}
}

func (a *audit) watch(w WatchSeen) {
	a.counts("watch", w.Sessions, w.Errors)
	a.times("watch", w.For, w.Outage)
	a.moments("watch", w.Event, w.EventEnd, w.Noticed, w.FirstErr, w.LastErr)
	for _, l := range w.Long {
		a.times("watch", l.At)
	}
	for _, c := range w.Coords {
		a.counts("watch", c.Sessions)
		a.times("watch", c.First, c.Last)
		a.moments("watch", c.Gone, c.Back)
		a.factors("watch", c.Peak)
	}
}

func (a *audit) series(s Series) {
	a.length("series", len(s.Points), MaxPoints)
	a.times("series", s.Width)
	for _, p := range s.Points {
		a.counts("series", p.Started, p.OK, p.Failed, p.Held)
		a.times("series", p.LoginMax, p.LagMax)
	}
}
