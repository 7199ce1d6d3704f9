package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestThresholdsThatNoRunHasDataForAreRefused(t *testing.T) {
	t.Parallel()
	const minute = scenarios.Duration(time.Minute)
	stages := func(all ...scenarios.Stage) func(*scenarios.Scenario) {
		return func(s *scenarios.Scenario) { s.Kind, s.Load.Stages = scenarios.KindStages, all }
	}
	kind := func(k scenarios.Kind) func(*scenarios.Scenario) {
		return func(s *scenarios.Scenario) { s.Kind = k }
	}
	hold := func(n int) func(*scenarios.Scenario) {
		return func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: n, UntilFull: true}
		}
	}
	watch := func(s *scenarios.Scenario) {
		s.Kind, s.Load.Rate, s.Watch = scenarios.KindWatch, 2, scenarios.WatchConfig{For: 5 * minute, Long: 5}
	}
	unpaced := func(s *scenarios.Scenario) { s.Load.Rate = 0 }
	smoke := func(*scenarios.Scenario) {}
	unknown := func(s *scenarios.Scenario) { s.Expect.Coordinators = scenarios.ExpectCoordinators{} }
	ramp := stages(scenarios.Stage{Rate: 20, Ramp: minute}, scenarios.Stage{Rate: 20, For: minute})
	for name, tc := range map[string]struct {
		of           func(*scenarios.Scenario)
		metric, expr string
		says         string // "": it is taken
	}{
		"a login of a paced smoke":              {smoke, "session.login", "p(99) < 1s", ""},
		"a login of one without a pace":         {unpaced, "session.login", "p(99) < 1s", "give one (--rate 10/s)"},
		"a lag of one without a pace":           {unpaced, "session.lag", "p(99) < 1s", "give one (--rate 10/s)"},
		"a lag of closed stages":                {stages(scenarios.Stage{Closed: 5, For: minute}), "session.lag", "max < 1s", "only where there is a pace"},
		"a lag of held stages without a pace":   {func(s *scenarios.Scenario) { stages(scenarios.Stage{Hold: 5, For: minute})(s); unpaced(s) }, "session.lag", "max < 1s", "only where there is a pace"},
		"a lag of stages with a rate":           {ramp, "session.lag", "max < 1s", ""},
		"certificates alone":                    {kind(scenarios.KindCertificates), "session", "count > 1", "has no session"},
		"an idle ladder":                        {kind(scenarios.KindIdle), "session.open", "max < 1s", "use expect.min_idle"},
		"a statement of held sessions":          {hold(400), "query", "max < 1s", "a held session runs no statement"},
		"TLS where there is none":               {smoke, "session.tls", "max < 1s", "add --tls"},
		"SASL where there is none":              {smoke, "session.sasl", "max < 1s", "add --auth ldap"},
		"a percentile of a ramp with enough":    {ramp, "session.open", "p(99.9) < 1s", ""},
		"of a ramp with too few":                {ramp, "session.open", "p(99.99) < 1s", "needs 10000 sessions, and this run takes 1800 at most: make the stages longer"},
		"of a ramp whose warm-up takes them":    {func(s *scenarios.Scenario) { ramp(s); s.Load.WarmUp = minute + minute/2 }, "session.open", "p(99.9) < 1s", "this run takes 600 at most"},
		"of a ramp, by coordinator":             {ramp, "session.open{coordinator=*}", "p(99.9) < 1s", "takes about 900 on each coordinator: make the stages longer, or their rates higher, for 2000 sessions"},
		"of closed stages, which nobody knows":  {stages(scenarios.Stage{Closed: 5, For: minute}), "session.open", "p(99.99) < 1s", ""},
		"of as many as are held":                {hold(100), "session.open", "p(99) < 1s", ""},
		"of more than are held":                 {hold(99), "session.open", "p(99) < 1s", "this run takes 99 at most: use --hold 100"},
		"of as many as fit, which nobody knows": {hold(0), "session.open", "p(99.9) < 1s", ""},
		"of a watch":                            {watch, "session.open", "p(99.8) < 1s", ""},
		"of more than a watch has":              {watch, "session.open", "p(99.9) < 1s", "this run takes 600 at most: watch for longer"},
		"of two runs on each":                   {kind(scenarios.KindQuery), "query{coordinator=*}", "p(95) < 1s", "takes about 2 on each coordinator: the statement runs 2 times on each coordinator; use max or med"},
		"the median of two runs on each":        {kind(scenarios.KindQuery), "query{coordinator=*}", "med < 1s", ""},
		"by coordinator of smoke":               {smoke, "session.open{coordinator=*}", "p(99.9) < 1s", "needs 1000 sessions, and this run takes about 220 on each coordinator: use --sessions 2000"},
		"by coordinator where nobody knows k":   {unknown, "session.open{coordinator=*}", "p(99.9) < 1s", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := limited("", tc.metric, tc.expr)
			tc.of(&s)
			err := CheckThresholds(s)
			if tc.says == "" && err != nil || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("error %v, want %q", err, tc.says)
			}
			if err != nil && !strings.Contains(err.Error(), tc.metric+": "+tc.expr) {
				t.Errorf("the error does not say which threshold: %v", err)
			}
		})
	}
}
