package scenarios

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
)

// Curves lists the key exchanges that tls.curve may name.
func Curves() []string { return []string{"x25519", "x25519mlkem768", "p256", "p384", "p521"} }

// mostHeld is more sessions than one process can keep open.
const mostHeld = 1_000_000

// checkKind looks for what a kind needs, and for what belongs to another.
func (s Scenario) checkKind() *InvalidError {
	if e := s.checkBelonging(); e != nil {
		return e
	}
	switch s.Kind {
	case KindStages:
		return s.checkStages()
	case KindCapacity:
		return firstWrong(s.capacityClaims())
	case KindQuery:
		return firstWrong([]claim{
			{s.Query == "", "query", "which statement? Write one that needs executors (--sql)"},
			{s.Expect.Slowest != 0 && !(s.Expect.Slowest > 1), "expect.slowest", "a ratio that matters is more than 1, such as 3"},
		})
	case KindIdle:
		return firstWrong(s.idleClaims())
	case KindWatch:
		return firstWrong(s.watchClaims())
	}
	return nil
}

// checkBelonging refuses a section that another kind of scenario has: a run
// would leave it aside without a word.
func (s Scenario) checkBelonging() *InvalidError {
	only := func(set bool, key string, kind Kind) claim {
		return claim{set && s.Kind != kind, key, fmt.Sprintf("only a scenario of kind %s has it; add \"kind: %s\"", kind, kind)}
	}
	return firstWrong([]claim{
		only(len(s.Load.Stages) > 0, "load.stages", KindStages),
		only(s.Capacity != CapacityConfig{}, "capacity", KindCapacity),
		only(len(s.Idle.Steps) > 0 || s.Idle.Scale != 0, "idle", KindIdle),
		only(s.Watch != WatchConfig{}, "watch", KindWatch),
		only(s.Expect.MinIdle != 0, "expect.min_idle", KindIdle),
		only(s.Expect.MaxOutage != 0, "expect.max_outage", KindWatch),
		only(s.Expect.Slowest != 0, "expect.slowest", KindQuery),
		{s.Target.WebPort < 0 || s.Target.WebPort > 65535, "target.web_port", "a port lies between 1 and 65535"},
		{s.Target.WebPort > 0 && len(s.Expect.Coordinators.Names) == 0, "target.web_port", "pages are read from declared coordinators alone; name them (--expect-coordinators a,b,c)"},
		s.localClaim(),
	})
}

func (s Scenario) localClaim() claim {
	for _, a := range s.Load.LocalAddresses {
		if ip, err := netip.ParseAddr(a); err != nil || ip.IsUnspecified() {
			return claim{true, "load.local_addresses", clip(a) + " is no IP address of this machine"}
		}
	}
	return claim{}
}

// checkStages looks at each stage.
func (s Scenario) checkStages() *InvalidError {
	if len(s.Load.Stages) == 0 {
		return &InvalidError{"load.stages", "none given; write one such as {rate: 20/s, for: 30s}"}
	}
	for i, st := range s.Load.Stages {
		if e := firstWrong(st.claims(fmt.Sprintf("stage %d", i+1))); e != nil {
			return e
		}
	}
	return nil
}

func (st Stage) claims(which string) []claim {
	const key = "load.stages"
	set := 0
	for _, is := range []bool{st.Rate > 0, st.Closed > 0, st.Hold > 0} {
		if is {
			set++
		}
	}
	return []claim{
		{st.Rate < 0 || st.Closed < 0 || st.Hold < 0, key, which + ": there is no negative load"},
		{set != 1, key, which + ": exactly one of rate, closed and hold says what it does"},
		{st.For < 0 || st.Ramp < 0, key, which + ": a time cannot be negative"},
		{st.Ramp > 0 && st.Rate == 0, key, which + ": a ramp leads to a rate"},
		{st.For == 0 && st.Ramp == 0, key, which + ": how long? Add for: 30s"},
		{st.Closed > mostHeld || st.Hold > mostHeld, key, fmt.Sprintf("%s: more than %d sessions open", which, mostHeld)},
	}
}

func (s Scenario) capacityClaims() []claim {
	c := s.Capacity
	return []claim{
		{c.Hold < 0 || c.Hold > mostHeld, "capacity.hold", fmt.Sprintf("it is a number of sessions from 1 to %d", mostHeld)},
		{c.Hold == 0 && !c.UntilFull, "capacity.hold", "how many sessions? Give a number (--hold 400), or go on until it is full (--until-full)"},
		{c.For < 0, "capacity.for", "a time cannot be negative"},
		{c.Threads < 0, "capacity.threads", "there is no negative number of threads; 0 is not said"},
	}
}

func (s Scenario) idleClaims() []claim {
	c := s.Idle
	longest := Duration(0)
	for _, d := range c.Steps {
		longest = max(longest, d)
	}
	return []claim{
		{len(c.Steps) == 0, "idle.steps", "how long should connections be idle? Write [55s, 65s, 345s, 355s]"},
		{slices.ContainsFunc(c.Steps, func(d Duration) bool { return d <= 0 }), "idle.steps", "a step is a time of more than 0"},
		{len(c.Steps) > mostSteps, "idle.steps", fmt.Sprintf("%d steps are more than %d", len(c.Steps), mostSteps)},
		{c.Scale < 0 || math.IsNaN(c.Scale) || math.IsInf(c.Scale, 0), "idle.scale", "a scale is more than 0; 1 is as written"},
		{s.Expect.MinIdle > longest, "expect.min_idle", fmt.Sprintf("%s is longer than the last step, %s: it could not be seen", s.Expect.MinIdle, longest)},
	}
}

// mostSteps bounds the sessions of an idle ladder.
const mostSteps = 64

func (s Scenario) watchClaims() []claim {
	c := s.Watch
	return []claim{
		{c.For <= 0, "watch.for", "how long? Write 5m"},
		{s.Load.Rate <= 0, "load.rate", "a watch needs a pace, such as 2/s"},
		{c.Long < 0, "watch.long", "there is no negative number of sessions"},
		{c.EventAfter < 0 || c.EventAfter >= c.For, "watch.event_after", "the event must come while it is watched"},
	}
}
