package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// rules say how a run of one kind is judged.
type rules struct {
	judges  []judgeFunc // asked in this order, which their findings keep
	main    string      // the finding that a run of this kind is made for
	balance bool        // sessions are spread by the balancer alone, in normal operation
}

// kindRules has every kind.
var kindRules = map[scenarios.Kind]rules{
	scenarios.KindLooks: {
		judges: []judgeFunc{errorsJudge, tlsJudge, identityJudge, balanceJudge, lagJudge(lagRules{sequential: true}), pagesJudge, thresholdsJudge},
		main:   scenarios.ErrorsRate, balance: true,
	},
	scenarios.KindCertificates: {
		judges: []judgeFunc{tlsJudge, dnsJudge, certificatelessJudge},
		main:   scenarios.TLSSameOnAllNodes,
	},
	scenarios.KindStages: {
		judges: []judgeFunc{stagesErrorsJudge, tlsJudge, identityJudge, balanceJudge, lagJudge(lagRules{dropsNeedThreshold: true}), pagesJudge, thresholdsJudge},
		main:   scenarios.ErrorsRate, balance: true,
	},
	scenarios.KindCapacity: {
		judges: []judgeFunc{capacityJudge, tlsJudge, identityJudge, lagJudge(lagRules{}), pagesJudge, thresholdsJudge},
		main:   scenarios.CapacityHeld,
	},
	scenarios.KindQuery: {
		judges: []judgeFunc{queryJudge, tlsJudge, identityJudge, pagesJudge, thresholdsJudge},
		main:   scenarios.QuerySucceeds,
	},
	scenarios.KindIdle: {
		judges: []judgeFunc{idleJudge, tlsJudge, pagesJudge, keepaliveJudge},
		main:   scenarios.IdleCut,
	},
	scenarios.KindWatch: {
		judges: []judgeFunc{watchJudge, tlsJudge, lagJudge(lagRules{}), pagesJudge, thresholdsJudge},
		main:   scenarios.WatchOutage,
	},
}
