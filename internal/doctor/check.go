package doctor

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Check says what of a wish can be no way in, whatever the ports answer: nothing was
// sent.
func (w Wish) Check() error {
	var first error
	for _, p := range protocols {
		if w.Protocol && p != w.Scenario.Target.Protocol {
			continue
		}
		s := w.Scenario
		s.Target.Protocol, s.TLS.Enabled = p, true
		err := s.Validate()
		if err == nil {
			return nil
		}
		if first == nil || p == scenarios.ProtocolHS2 {
			first = err
		}
	}
	return first
}
