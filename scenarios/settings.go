package scenarios

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Settings lists every setting, in the order of its groups. A value of a scenario
// is in no other list: flags, variables, bounds, defaults, help, completion,
// docs/reference.md and the JSON schema are made of this one.
func Settings() []Setting { return slices.Clone(settings) }

// settings is the table, what only one kind has first.
var settings = slices.Concat(kindSettings, scenarioSettings, targetSettings, loginSettings, tlsSettings, expectSettings, loadSettings, sessionSettings)

// The kinds that have a setting.
var (
	withSessions  = slices.DeleteFunc(Kinds(), func(k Kind) bool { return !kinds[k].sessions })
	withStatement = []Kind{KindLooks, KindStages} // each session may run one
	onlyLooks     = []Kind{KindLooks}
	whoAnswers    = []Kind{KindLooks, KindStages, KindCapacity, KindQuery, KindHandleReuse} // those that judge who answered
	readsPages    = append([]Kind{KindAudit}, withSessions...)
	audits        = []Kind{KindAudit, KindLooks}
	whatIsThere   = append([]Kind{KindCertificates}, whoAnswers...) // and those that judge the addresses of the balancer
)

// words are values as text.
func words[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// The arguments that several settings have.
const (
	argNumber   = "N"
	argDuration = "D"
	argFactor   = "X"
	argFile     = "FILE"
	argCommand  = "CMD"
	argSQL      = "SQL"
	argName     = "NAME"
)

var scenarioSettings = []Setting{
	{Key: "name", Group: GroupScenario, Help: "name of the scenario in reports", Unset: "the name of the file, without its extension"},
	{Key: "kind", Group: GroupScenario, Help: "what the scenario does", Values: words(Kinds()...), Unset: string(KindLooks)},
	{Key: "description", Group: GroupScenario, Help: "what the scenario is for, in one line", Unset: "none"},
	{Key: "strict_errors", Name: "strict-errors", Group: GroupExpect, Kinds: withSessions, Help: "fail if one session failed", Unset: "false"},
	{Key: "inconclusive", Name: "inconclusive", Arg: "pass|fail", Group: GroupExpect, Help: "exit with 0 or 1 instead of 3 if the verdict is inconclusive",
		Values: words(OnInconclusivePass, OnInconclusiveFail), Unset: "exit with 3"},
	{Key: "thresholds", Name: "threshold", Arg: "METRIC: EXPR", Group: GroupExpect, Kinds: withSessions, Repeat: true, parse: addThreshold,
		Help:  "limit that must hold, such as 'session.open: p(99) < 2s'; metrics: session, session.login, session.lag, session.PHASE, query; with {coordinator=*} or {node=*} for each of them",
		Unset: "none"},
}

var targetSettings = []Setting{
	{Key: "target.endpoints", Group: GroupTarget, Help: "load balancers, as host or host:port; each is a node, or a name of nodes", Unset: "those of the command line"},
	{Key: "target.protocol", Name: "protocol", Arg: "hs2|hs2-http|beeswax", Group: GroupTarget, Help: "protocol of the listener; its usual port follows: 21050, 28000 or 21000",
		Default: string(ProtocolHS2), Values: words(ProtocolHS2, ProtocolHS2HTTP, ProtocolBeeswax)},
	{Key: "target.http_path", Name: "http-path", Arg: "PATH", Group: GroupTarget, Kinds: withSessions, Help: "path of the requests of hs2-http, such as that of a gateway", Unset: vocab.DefaultHTTPPath},
	{Key: "target.http_headers", Name: "http-header", Arg: "'NAME: VALUE'", Group: GroupTarget, Kinds: withSessions, Repeat: true, Help: "header that each request of hs2-http has, such as 'X-Forwarded-For: 192.0.2.7'; results store it, so it is no place for a secret", Unset: "none"},
	{Key: "target.http_connection", Name: "http-connection", Arg: "session|call", Group: GroupTarget, Kinds: withSessions, Help: "which calls share a connection of hs2-http: those of a session, as in impala-shell and JDBC, or none, as in impyla",
		Values: words(HTTPPerSession, HTTPPerCall), Unset: string(HTTPPerSession)},
	{Key: "target.http_expect", Name: "http-expect-continue", Group: GroupTarget, Kinds: withSessions, Help: "requests of hs2-http ask for 100 Continue before they send their body", Unset: "false"},
	{Key: "target.dns", Name: "dns", Arg: "all|ipv4|ipv6|os", Group: GroupTarget, Help: "which addresses of a host name are nodes",
		Default: string(DNSAll), Values: words(DNSAll, DNSIPv4, DNSIPv6, DNSOS)},
	{Key: "target.web_port", Name: "web-port", Arg: "PORT", Group: GroupTarget, Kinds: readsPages, Help: "read the web pages of the declared coordinators on this port, usually 25000",
		Bounds: Bounds{Min: 1, Max: 65535, Zero: "they are not read"}},
	{Key: "target.web_tls", Name: "web-tls", Group: GroupTarget, Kinds: readsPages, Help: "read the web pages over HTTPS, with certificates for the coordinators' hosts from the authorities of tls.ca_cert", Unset: "false"},
	{Key: "target.web_user", Name: "web-user", Arg: argName, Group: GroupTarget, Kinds: readsPages, Help: "user name for the web pages", Unset: "none"},
	{Key: "target.web_password_file", Name: "web-password-file", Arg: argFile, Group: GroupTarget, Kinds: readsPages, Help: "file with the password for the web pages; who may read and change it is as for the other password", Unset: "none"},
	{Key: "target.confirm", Name: "confirm", Arg: "HOST", Group: GroupTarget, Kinds: withSessions, Help: fmt.Sprintf("repeat the host of the endpoint to exceed %d sessions/s, %d open sessions or %g minutes", UnconfirmedRate, UnconfirmedOpen, UnconfirmedTime.Minutes()), Unset: "not confirmed"},
}

var tlsSettings = []Setting{
	{Key: "tls.enabled", Name: "tls", Group: GroupTLS, Help: "use TLS", Unset: "false"},
	{Key: "tls.ca_cert", Name: "ca-cert", Arg: argFile, Group: GroupTLS, Help: "PEM file with the root certificates to trust", Unset: "the system's"},
	{Key: "tls.server_name", Name: "server-name", Arg: argName, Group: GroupTLS, Help: "host name to ask for and to expect in the certificate", Unset: "the host of the endpoint"},
	{Key: "tls.client_cert", Name: "client-cert", Arg: argFile, Group: GroupTLS, Help: "PEM file with the client certificate to show, for a listener that asks for one (mutual TLS)", Unset: "none is shown"},
	{Key: "tls.client_key", Name: "client-key", Arg: argFile, Group: GroupTLS, Help: "PEM file with the key of the client certificate; others must not be able to read or change it", Unset: "none"},
	{Key: "tls.min_version", Name: "tls-min-version", Arg: "1.2|1.3", Group: GroupTLS, Help: "oldest TLS version accepted", Default: "1.2", Values: []string{"1.2", "1.3"}},
	{Key: "tls.curve", Name: "tls-curve", Arg: "CURVE", Group: GroupTLS, Help: "the only key exchange to offer", Values: Curves(), Unset: "those of Go's crypto/tls"},
	{Key: "tls.verify_once", Name: "tls-verify-once", Group: GroupTLS, Kinds: withSessions, Help: "verify each distinct certificate chain only once per run", Unset: "false"},
}

var expectSettings = []Setting{
	{Key: "expect.coordinators", Name: "expect-coordinators", Arg: "N|a,b,c", Group: GroupExpect, Kinds: withSessions, parse: setCoordinators, Help: "number of coordinators, or their names", Unset: "those that answer"},
	{Key: "expect.coordinators.count", Group: GroupExpect, Kinds: withSessions, Help: "number of coordinators", Bounds: Bounds{Min: 1, Max: MaxCoordinators, Zero: "not known"}},
	{Key: "expect.coordinators.names", Group: GroupExpect, Kinds: withSessions, Help: "names of the coordinators", Unset: "not known"},
	{Key: "expect.balance.weights", Name: "expect-weights", Arg: "4:2:1", Group: GroupExpect, Kinds: withSessions, parse: setWeights, Help: "weights of the coordinators, in the order of their names",
		Bounds: Bounds{Above: true, Max: 1e6}, Unset: "equal"},
	{Key: "expect.nodes", Name: "expect-nodes", Arg: argNumber, Group: GroupExpect, Kinds: whatIsThere, Help: "expected number of balancer addresses", Bounds: Bounds{Min: 1, Max: 1000, Zero: "any number"}},
	{Key: "expect.version", Name: "expect-version", Arg: "TEXT", Group: GroupExpect, Kinds: whoAnswers, Help: "part of the version that every coordinator must report", Unset: "any version, the same on all"},
	{Key: "expect.tls.issuer", Name: "expect-issuer", Arg: "ATTR=VALUE", Group: GroupExpect, Repeat: true, Help: "attribute that the issuer of each certificate must have, such as O=Amazon", Unset: "any issuer"},
	{Key: "expect.tls.root", Name: "expect-root", Arg: "ATTR=VALUE", Group: GroupExpect, Repeat: true, Help: "attribute that the root of each certificate chain must have, such as 'CN=Amazon Root CA 1'", Unset: "any trusted root"},
	{Key: "expect.tls.days_left", Name: "expect-days-left", Arg: argNumber, Group: GroupExpect, Help: "days for which a certificate, and each one up to its root, must still be valid", Default: "7", Bounds: Bounds{Max: 10000}},
	{Key: "expect.balance.policy", Name: "policy", Arg: "P", Group: GroupExpect, Kinds: withSessions, Help: "how the balancer chooses a coordinator", Default: string(PolicyAuto), Values: words(Policies()...)},
	{Key: "expect.balance.tolerance", Name: "tolerance", Arg: argFactor, Group: GroupExpect, Kinds: withSessions, Help: "relative deviation of a share that matters", Default: number(DefaultTolerance), Bounds: Bounds{Above: true, Max: 100}},
	{Key: "expect.balance.alpha", Name: "alpha", Arg: "P", Group: GroupExpect, Kinds: withSessions, Help: "probability that one look at a healthy balancer raises an alarm", Default: number(DefaultAlpha), Bounds: Bounds{Above: true, Max: 1, Below: true}},
}

var loadSettings = []Setting{
	{Key: "load.sessions", Name: "sessions", Arg: "N|auto", Group: GroupLoad, Kinds: onlyLooks, Help: "sessions of one look, opened one after the other", Bounds: Bounds{Min: 1, Max: 1e8, Zero: "auto, as many as the rule needs for these coordinators and nodes"}},
	{Key: "load.sessions_per_coordinator", Group: GroupLoad, Kinds: onlyLooks, Help: "sessions per coordinator where load.sessions is auto", Bounds: Bounds{Min: 1, Max: 1e6, Zero: "as many as the rule needs"}},
	{Key: "load.lanes", Group: GroupLoad, Kinds: onlyLooks, Help: "how sessions in order are laid out: one after the other, each node an equal part in one shuffle", Values: words(LanesPerNode), Unset: string(LanesPerNode)},
	{Key: "load.concurrency", Name: "concurrency", Arg: argNumber, Group: GroupLoad, Kinds: withSessions, Help: "maximum number of open sessions; of kinds that hold sessions, of logins in progress", Default: "16", Bounds: Bounds{Min: 1, Max: 100_000}},
	{Key: "load.burst", Name: "burst", Arg: argNumber, Group: GroupLoad, Kinds: onlyLooks, Help: "sessions opened together after those in order", Unset: "the same as load.concurrency", Bounds: Bounds{Min: 1, Max: 100_000, Zero: "none"}},
	{Key: "load.burst_hold", Group: GroupLoad, Kinds: onlyLooks, Help: "how long the sessions of a burst stay open", Default: "1s"},
	{Key: "load.rate", Name: "rate", Arg: "R", Group: GroupLoad, Kinds: withSessions, Help: "new sessions per second, such as 10/s; loopback is not paced unless a rate is set", Default: "10/s", Bounds: Bounds{Max: 1e6, Zero: "not paced"}},
	{Key: "load.timeout", Name: "timeout", Arg: argDuration, Group: GroupLoad, Help: "time limit of each phase of a session", Default: "10s", Bounds: Bounds{Above: true}},
	{Key: "load.settle", Name: "settle", Arg: argDuration, Group: GroupLoad, Kinds: onlyLooks, Help: "maximum time to wait until every coordinator is back", Bounds: Bounds{Zero: "no wait"}},
	{Key: "load.settle_every", Name: "settle-every", Arg: argDuration, Group: GroupLoad, Kinds: onlyLooks, Help: "time between two attempts while settling", Default: "5s"},
	{Key: "load.warm_up", Name: "warm-up", Arg: argDuration, Group: GroupLoad, Kinds: withSessions, Help: "sessions due before this time do not count for thresholds on times", Bounds: Bounds{Zero: "all count"}},
	{Key: "load.local_addresses", Name: "local-address", Arg: "IP", Group: GroupLoad, Kinds: withSessions, Repeat: true, Help: "address of this machine to dial from; several are used in turn", Unset: "chosen by the system"},
	{Key: "load.stages", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "parts of the load, one after the other; each has exactly one of rate, closed and hold", Unset: "none"},
	{Key: "load.stages[].rate", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "new sessions per second, whatever becomes of those before", Bounds: Bounds{Max: 1e6}, Unset: "none"},
	{Key: "load.stages[].ramp", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "with rate: time in which to get there evenly from the rate of the stage before", Bounds: Bounds{Zero: "without a ramp"}},
	{Key: "load.stages[].closed", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "loops of sessions at the same time, each starting the next session as soon as its last has ended", Bounds: Bounds{Max: maxHeld}, Unset: "none"},
	{Key: "load.stages[].hold", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "sessions that are opened at load.rate and stay open until the end of the stage", Bounds: Bounds{Max: maxHeld}, Unset: "none"},
	{Key: "load.stages[].for", Group: GroupLoad, Kinds: []Kind{KindStages}, Help: "how long", Bounds: Bounds{Zero: "only with ramp"}},
}

var sessionSettings = []Setting{
	{Key: "query", Name: "query", Arg: argSQL, Group: GroupSession, Kinds: withStatement, Help: "statement of each session; SELECT pid() runs in any case", Unset: "none"},
	{Key: "identity_query", Name: "identity-query", Arg: argSQL, Group: GroupSession, Kinds: withSessions, Help: "statement that names the server, for servers other than Impala: a name, and a pid if there is a second column", Unset: "Impala's own ways"},
	{Key: "query_options", Name: "query-option", Arg: "KEY=VALUE", Group: GroupSession, Kinds: withSessions, Repeat: true, parse: addQueryOption, Help: "query option of every session, such as REQUEST_POOL=ci", Unset: "none"},
	{Key: "seed", Name: "seed", Arg: argNumber, Group: GroupSession, Kinds: withSessions, Help: "seed of every random choice", Unset: "chosen by each run, and in its result"},
}

// kindSettings are those of one kind of scenario.
var kindSettings = []Setting{
	{Key: "capacity.hold", Name: "hold", Arg: argNumber, Group: GroupCapacity, Kinds: []Kind{KindCapacity}, Help: "sessions to keep open", Bounds: Bounds{Min: 1, Max: maxHeld, Zero: "no limit, with until_full"}},
	{Key: "capacity.until_full", Name: "until-full", Group: GroupCapacity, Kinds: []Kind{KindCapacity}, Help: "continue until the first session that gets no answer", Unset: "false"},
	{Key: "capacity.for", Name: "for", Arg: argDuration, Group: GroupCapacity, Kinds: []Kind{KindCapacity}, Help: "how long to hold them", Bounds: Bounds{Zero: "only until each was asked once"}},
	{Key: "capacity.threads", Name: "threads", Arg: argNumber, Group: GroupCapacity, Kinds: []Kind{KindCapacity}, Help: "service threads of each coordinator (fe_service_threads of impalad)", Bounds: Bounds{Min: 1, Max: MaxThreads, Zero: fmt.Sprintf("not known, %d assumed", DefaultThreads)}},

	{Key: "query", Name: "sql", Arg: argSQL, Group: GroupQuery, Kinds: []Kind{KindQuery}, Help: "statement to run, one that needs executors", Unset: "none, it must be set"},
	{Key: "expect.slowest", Name: "slowest", Arg: argFactor, Group: GroupQuery, Kinds: []Kind{KindQuery}, Help: "maximum ratio of the slowest coordinator's median to that of the others", Bounds: Bounds{Min: 1, Above: true, Max: 1000, Zero: number(DefaultSlowest)}},

	{Key: "expect.min_idle", Name: "min-idle", Arg: argDuration, Group: GroupIdle, Kinds: []Kind{KindIdle}, Help: "how long an idle connection must survive", Bounds: Bounds{Zero: "as long as the last step"}},
	{Key: "idle.steps", Name: "idle-steps", Arg: "55s,65s,...", Group: GroupIdle, Kinds: []Kind{KindIdle}, parse: setSteps, Help: "how long the sessions are idle, one session for each step", Bounds: Bounds{Above: true}, Unset: "none, it must be set"},
	{Key: "idle.scale", Name: "idle-scale", Arg: argFactor, Group: GroupIdle, Kinds: []Kind{KindIdle}, Help: "factor for all those times, for a balancer whose times are scaled down", Bounds: Bounds{Above: true, Max: 1000, Zero: "1"}},

	{Key: "watch.for", Name: "watch-for", Arg: argDuration, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "how long to watch", Unset: "none, it must be set"},
	{Key: "watch.long", Name: "long", Arg: argNumber, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "sessions that stay open all the time", Bounds: Bounds{Max: 10_000}},
	{Key: "watch.on_event", Name: "on-event", Arg: argCommand, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "shell command that drains, kills or restarts a coordinator; the result stores it", Unset: "you do it yourself"},
	{Key: "watch.event_after", Name: "event-after", Arg: argDuration, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "when to run the command, or to ask you", Unset: fmt.Sprintf("%s, or a quarter of watch.for if that is less", eventAfter)},
	{Key: "expect.max_lost", Name: "max-lost", Arg: argNumber, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "long sessions that may be lost on coordinators that stay; the one that is drained or killed may lose its own", Bounds: Bounds{Max: 10_000, Zero: "not one may"}},
	{Key: "expect.max_outage", Name: "max-outage", Arg: argDuration, Group: GroupWatch, Kinds: []Kind{KindWatch}, Help: "how long new sessions may fail", Bounds: Bounds{Zero: "not one may"}},

	{Key: "reuse.handles", Name: "handles", Arg: argNumber, Group: GroupReuse, Kinds: []Kind{KindHandleReuse}, Help: "sessions that are used over a second connection", Bounds: Bounds{Max: MaxHandles}, Unset: "none, it must be set"},

	{Key: "audit.balancer", Name: "audit", Arg: "NAME|ARN", Alone: AuditByHost, Group: GroupAudit, Kinds: onlyLooks, Help: "audit the load balancer on AWS, too, and expect what its settings say: auto is the one of the endpoint", Unset: "none"},
	{Key: "audit.longest_idle", Name: "longest-idle", Arg: argDuration, Group: GroupAudit, Kinds: audits, Help: "longest time that a client keeps a connection without using it", Bounds: Bounds{Zero: "5m, as connection pools do"}},
	{Key: "audit.longest_query", Name: "longest-query", Arg: argDuration, Group: GroupAudit, Kinds: audits, Help: "how long the longest query runs", Bounds: Bounds{Zero: "not known"}},
	{Key: "audit.grace", Name: "shutdown-grace", Arg: argDuration, Group: GroupAudit, Kinds: audits, Help: "shutdown_grace_period_s of impalad", Bounds: Bounds{Zero: "what the web pages say, or 2m, as Impala has it"}},
	{Key: "audit.keepalive", Name: "client-keepalive", Arg: argDuration, Group: GroupAudit, Kinds: audits, Help: "client_keepalive_probe_period_s of impalad", Bounds: Bounds{Zero: "what the web pages say"}},
	{Key: "audit.idle_session", Name: "idle-session-timeout", Arg: argDuration, Group: GroupAudit, Kinds: audits, Help: "idle_session_timeout of impalad", Bounds: Bounds{Zero: "what the web pages say"}},
	{Key: "audit.min_tls", Name: "impala-min-tls", Arg: "1.2|1.3", Group: GroupAudit, Kinds: audits, Help: "oldest TLS version that impalad's web server accepts (ssl_minimum_version)", Values: []string{"1.0", "1.1", "1.2", "1.3"}, Unset: "what the web pages say"},
	{Key: "audit.sticky", Name: "sticky-listener", Arg: "PORT", Group: GroupAudit, Kinds: audits, Help: "listener that must keep a client on one coordinator, such as that of Hue", Bounds: Bounds{Min: 1, Max: 65535, Zero: "none"}},
	{Key: "audit.clients_on_targets", Name: "clients-on-targets", Group: GroupAudit, Kinds: audits, Help: "clients of the load balancer, such as Hue, run on the coordinators", Unset: "not known"},
}
