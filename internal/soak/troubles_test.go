package soak

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// trouble is a fault of the simulated cluster, of which coordinators are 3 and nodes 2.
type trouble struct {
	fault string // "": none
	hangs bool   // something is without an answer: phases are short
	needs func(way) bool
	// never are the kinds of scenario that must not pass with it. Those of the others may:
	// they have too few sessions to meet it for certain, or it is none of their business.
	never []scenarios.Kind
}

// The kinds that open enough sessions to meet one coordinator of three, and all those
// that dial.
var (
	meeting = []scenarios.Kind{scenarios.KindLooks, scenarios.KindStages, scenarios.KindQuery, scenarios.KindWatch}
	dialing = append([]scenarios.Kind{scenarios.KindCertificates, scenarios.KindCapacity, scenarios.KindIdle, scenarios.KindHandleReuse}, meeting...)
	opening = slices.DeleteFunc(slices.Clone(dialing), func(k scenarios.Kind) bool { return k == scenarios.KindCertificates })
	looks   = []scenarios.Kind{scenarios.KindLooks}
)

func overTLS(w way) bool      { return w.tls }
func withLogin(w way) bool    { return w.login != "" }
func overHTTP(w way) bool     { return w.protocol == scenarios.ProtocolHS2HTTP }
func withTickets(w way) bool  { return w.login == scenarios.MechanismKerberos }
func withPassword(w way) bool { return w.login == scenarios.MechanismLDAP }

// troubles come and go: after each one there is a round without any.
var troubles = []trouble{
	// Coordinators.
	{fault: "dead@2", never: looks},
	{fault: "refused@2", never: meeting},
	{fault: "refused", never: opening},
	{fault: "hung@3", hangs: true, never: meeting},
	{fault: "hung", hangs: true, never: opening},
	{fault: "draining@1", never: meeting},
	{fault: "reset-after=300@2"},
	{fault: "reset-after=300", never: []scenarios.Kind{scenarios.KindLooks, scenarios.KindQuery}},
	{fault: "slow=150ms@1"},
	{fault: "slow=30s@1", hangs: true, never: meeting},
	{fault: "starting=700ms@2"},
	{fault: "restart=4@3"},
	{fault: "foreign@2", never: looks},
	{fault: "version=4.4.1@1"},
	{fault: "ping-off"},
	{fault: "threads=2", hangs: true},
	{fault: "down=600ms:900ms@2"},
	{fault: "down=300ms:20s@1"},
	{fault: "leaves=400ms:700ms@3"},
	{fault: "dies-after=6:2@1"},
	{fault: "dies-after=5@2"},
	{fault: "close-hangs@1", hangs: true},
	{fault: "no-executors", hangs: true, never: []scenarios.Kind{scenarios.KindQuery}},
	{fault: "slow-query=400ms@2"},
	{fault: "auth-reject@2", needs: withLogin, never: meeting},
	{fault: "auth-reject", needs: withPassword, never: opening},
	{fault: "wrong-keytab@1", needs: withTickets, never: meeting},
	{fault: "skewed-clock=10m", needs: withTickets, never: opening},

	// The balancer.
	{fault: "weights=12:1:1", never: looks},
	{fault: "sticky=0.9", never: looks},
	{fault: "flaky=3"},
	{fault: "cuts=5:9:11"},
	{fault: "limit=4", never: []scenarios.Kind{scenarios.KindLooks, scenarios.KindCapacity}},
	{fault: "limit=4:fin", never: []scenarios.Kind{scenarios.KindLooks, scenarios.KindCapacity}},
	{fault: "rate=8", never: []scenarios.Kind{scenarios.KindLooks, scenarios.KindStages, scenarios.KindWatch}},
	{fault: "idle=300ms:fin", never: []scenarios.Kind{scenarios.KindIdle}},
	{fault: "idle=300ms:rst", never: []scenarios.Kind{scenarios.KindIdle}},
	{fault: "idle=300ms:silent", hangs: true, never: []scenarios.Kind{scenarios.KindIdle}},
	{fault: "proxy-protocol", hangs: true, never: opening},
	{fault: "stale=2@1", never: looks},

	// HTTP.
	{fault: "cookie-dropped", needs: overHTTP},
	{fault: "foreign-handle=7", needs: overHTTP},
	{fault: "http-503=1s@1", needs: overHTTP, never: meeting},
	{fault: "login-page", needs: overHTTP, never: opening},
	{fault: "strips-authorization@2", needs: func(w way) bool { return overHTTP(w) && withLogin(w) }, never: meeting},

	// Certificates.
	{fault: "expired", needs: overTLS, never: dialing},
	{fault: "self-signed@2", needs: overTLS, never: dialing},
	{fault: "wrong-host@1", needs: overTLS, never: dialing},
	{fault: "no-intermediate", needs: overTLS, never: dialing},
	{fault: "unknown-ca@2", needs: overTLS, never: dialing},
	{fault: "client-certificate@1", needs: overTLS, never: opening},
	{fault: "old-tls@2", needs: overTLS, never: dialing},
}

// fits reports whether a cluster that serves the way can have the fault.
func (f trouble) fits(w way) bool { return f.needs == nil || f.needs(w) }
