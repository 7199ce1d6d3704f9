package threshold

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestCheck_Kinds(t *testing.T) {
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
		refused      bool
		fix          string // the setting of the first fix, and its value
	}{
		"a login of a paced smoke":            {smoke, "session.login", "p(99) < 1s", false, ""},
		"a login of one without a pace":       {unpaced, "session.login", "p(99) < 1s", true, "load.rate: 10/s"},
		"a lag of one without a pace":         {unpaced, "session.lag", "p(99) < 1s", true, "load.rate: 10/s"},
		"a lag of closed stages":              {stages(scenarios.Stage{Closed: 5, For: minute}), "session.lag", "max < 1s", true, "load.rate: 10/s"},
		"a lag of held stages without a pace": {func(s *scenarios.Scenario) { stages(scenarios.Stage{Hold: 5, For: minute})(s); unpaced(s) }, "session.lag", "max < 1s", true, "load.rate: 10/s"},
		"a lag of stages with a rate":         {ramp, "session.lag", "max < 1s", false, ""},
		"certificates alone":                  {kind(scenarios.KindCertificates), "session", "count > 1", true, ""},
		"an idle ladder":                      {kind(scenarios.KindIdle), "session.open", "max < 1s", true, "expect.min_idle"},
		"a statement of held sessions":        {hold(400), "query", "max < 1s", true, ""},
		"TLS where there is none":             {smoke, "session.tls", "max < 1s", true, "tls.enabled: true"},
		"SASL where there is none":            {smoke, "session.sasl", "max < 1s", true, "auth.mechanism: ldap"},
		"SASL over HTTP": {func(s *scenarios.Scenario) {
			s.Target.Protocol, s.Auth.Mechanism = scenarios.ProtocolHS2HTTP, scenarios.MechanismLDAP
		}, "session.sasl", "max < 1s", true, ""},
		"SASL of Kerberos":                      {func(s *scenarios.Scenario) { s.Auth.Mechanism = scenarios.MechanismKerberos }, "session.sasl", "max < 1s", false, ""},
		"opening over HTTP":                     {func(s *scenarios.Scenario) { s.Target.Protocol = scenarios.ProtocolHS2HTTP }, "session.open", "max < 1s", false, ""},
		"handles":                               {func(s *scenarios.Scenario) { s.Kind, s.Reuse.Handles = scenarios.KindHandleReuse, 20 }, "session.open", "p(99) < 1s", true, "reuse.handles: 50"},
		"a percentile of a ramp with enough":    {ramp, "session.open", "p(99.9) < 1s", false, ""},
		"of a ramp with too few":                {ramp, "session.open", "p(99.99) < 1s", true, "load.stages"},
		"of a ramp whose warm-up takes them":    {func(s *scenarios.Scenario) { ramp(s); s.Load.WarmUp = minute + minute/2 }, "session.open", "p(99.9) < 1s", true, "load.stages"},
		"of a ramp, by coordinator":             {ramp, "session.open{coordinator=*}", "p(99.9) < 1s", true, "load.stages"},
		"of closed stages, which nobody knows":  {stages(scenarios.Stage{Closed: 5, For: minute}), "session.open", "p(99.99) < 1s", false, ""},
		"of as many as are held":                {hold(100), "session.open", "p(99) < 1s", false, ""},
		"of more than are held":                 {hold(99), "session.open", "p(99) < 1s", true, "capacity.hold: 100"},
		"of as many as fit, which nobody knows": {hold(0), "session.open", "p(99.9) < 1s", false, ""},
		"of a watch":                            {watch, "session.open", "p(99.8) < 1s", false, ""},
		"of more than a watch has":              {watch, "session.open", "p(99.9) < 1s", true, "watch.for"},
		"of two runs on each":                   {kind(scenarios.KindQuery), "query{coordinator=*}", "p(95) < 1s", true, ""},
		"the median of two runs on each":        {kind(scenarios.KindQuery), "query{coordinator=*}", "med < 1s", false, ""},
		"by coordinator of smoke":               {smoke, "session.open{coordinator=*}", "p(99.9) < 1s", true, "load.sessions: 2000"},
		"by coordinator where nobody knows k":   {unknown, "session.open{coordinator=*}", "p(99.9) < 1s", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := limited("", tc.metric, tc.expr)
			tc.of(&s)
			err := Check(s)
			if refused, fix := refusal(err); refused != tc.refused || fix != tc.fix {
				t.Errorf("error %v, fix %q, want %v, %q", err, fix, tc.refused, tc.fix)
			}
			if err != nil && !strings.Contains(err.Error(), tc.metric+": "+tc.expr) {
				t.Errorf("the error does not say which threshold: %v", err)
			}
		})
	}
}

// refusal is whether an error refuses a threshold, and the setting of its first fix.
func refusal(err error) (refused bool, fix string) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err != nil, ""
	}
	if len(e.Fix) == 0 {
		return true, ""
	}
	return true, judgetest.Describe(vocab.Fix{Setting: e.Fix[0].Setting, Value: e.Fix[0].Value})
}
