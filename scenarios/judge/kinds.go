package judge

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// judgeFunc turns evidence into findings.
type judgeFunc func(scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook)

// kindRules say how a run of one kind is judged.
type kindRules struct {
	judges  []judgeFunc // asked in this order, which their findings keep
	main    string      // the finding that a run of this kind is made for
	balance bool        // sessions are spread by the balancer alone, in normal operation
	bare    bool        // there are no sessions: the certificates are all that is measured
	aws     bool        // there are no sessions: the settings of a load balancer are all that is read
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks: {
		judges: []judgeFunc{errorsJudge, tlsJudge, identityJudge, callsJudge, balance.Judge, lagJudge(lagRules{sequential: true}), closesJudge, pagesJudge, threshold.Judge, besideJudge},
		main:   scenarios.ErrorsRate, balance: true,
	},
	scenarios.KindCertificates: {
		judges: []judgeFunc{everyNodeJudge, dnsJudge},
		main:   scenarios.TLSSameOnAllNodes, bare: true,
	},
	scenarios.KindStages: {
		judges: []judgeFunc{limitedErrorsJudge, tlsJudge, identityJudge, callsJudge, balance.Judge, lagJudge(lagRules{dropsNeedThreshold: true, rateAsked: true}), closesJudge, pagesJudge, threshold.Judge},
		main:   scenarios.ErrorsRate, balance: true,
	},
	scenarios.KindCapacity: {
		judges: []judgeFunc{capacityJudge, tlsJudge, identityJudge, callsJudge, balance.Unexpected, lagJudge(lagRules{}), closesJudge, pagesJudge, threshold.Judge},
		main:   scenarios.CapacityHeld,
	},
	scenarios.KindQuery: {
		judges: []judgeFunc{queryJudge, tlsJudge, identityJudge, callsJudge, closesJudge, pagesJudge, threshold.Judge},
		main:   scenarios.QuerySucceeds,
	},
	scenarios.KindIdle: {
		judges: []judgeFunc{idleJudge, tlsJudge, callsJudge, balance.Unexpected, closesJudge, pagesJudge, keepaliveJudge},
		main:   scenarios.IdleCut,
	},
	scenarios.KindWatch: {
		judges: []judgeFunc{watchJudge, lostJudge, tlsJudge, callsJudge, unexpectedInWatch, lagJudge(lagRules{blindFor: time.Second}), closesJudge, pagesJudge, threshold.Judge},
		main:   scenarios.WatchOutage,
	},
	scenarios.KindAudit: {
		judges: []judgeFunc{auditJudge},
		main:   scenarios.AuditPrefix + "idle.limit", aws: true,
	},
	scenarios.KindHandleReuse: {
		judges: []judgeFunc{handlesJudge, limitedErrorsJudge, tlsJudge, identityJudge, balance.Unexpected, lagJudge(lagRules{}), closesJudge, pagesJudge, threshold.Judge},
		main:   scenarios.AffinityHandles,
	},
}

func kindOf(e scenarios.Measured) kindRules { return kinds[e.Scenario.Kind.OrLooks()] }
