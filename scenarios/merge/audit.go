package merge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// addAudit keeps what AWS said first of the load balancer. It fails where it is another
// one than before.
func (s *sum) addAudit(name string, a *scenarios.Audited) error {
	had := s.r.Audit
	switch {
	case a == nil:
	case had == nil:
		s.r.Audit, s.audited = a, name
	case had.Region != a.Region || had.Name != a.Name || had.Type != a.Type:
		return fmt.Errorf("%s: it audits the load balancer %s in %s, and %s audits %s in %s", name, a.Name, a.Region, s.audited, had.Name, had.Region)
	}
	return nil
}
