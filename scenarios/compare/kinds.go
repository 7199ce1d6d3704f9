package compare

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// kindRules say what there is to compare in runs of one kind.
type kindRules struct {
	none bool // nothing
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {},
	scenarios.KindCertificates: {none: true},
	scenarios.KindStages:       {},
	scenarios.KindCapacity:     {},
	scenarios.KindQuery:        {},
	scenarios.KindIdle:         {none: true},
	scenarios.KindAudit:        {none: true},
	scenarios.KindWatch:        {},
	scenarios.KindHandleReuse:  {},
}
