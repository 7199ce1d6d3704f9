package report

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// metricRow is one metric: its name, what it means, its labels, and how a result fills it.
type metricRow struct {
	name, help string
	labels     []string
	fill       func(*values, scenarios.Result, metricLabels)
}

// metricRows has every metric but the times of phases. All are gauges: they are of one
// run, and the next one begins anew.
var metricRows = []metricRow{
	{"run_info", "The version of impala-lbcheck and the kind of the scenario. The value is always 1.", []string{"version", "kind"},
		func(v *values, r scenarios.Result, _ metricLabels) {
			v.add(1, orDash(name(r.Tool)), orDash(name(string(r.Scenario.Kind.OrLooks()))))
		}},
	{"verdict", "The verdict of the run: 1 for the one that it has, 0 for the others.", []string{"verdict"},
		func(v *values, r scenarios.Result, _ metricLabels) {
			v.set(r.Verdict.String(), statusNames(scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive))
		}},
	{"findings", "Findings of the run by id and status.", []string{"id", "status"}, fillFindings},
	{"exit_code", "The exit code that the run has.", nil, single(func(r scenarios.Result) float64 { return float64(r.Exit) })},
	{"run_complete", "1 if the run ended by itself, 0 if it was interrupted, stopped early, or is still going on.", nil,
		single(func(r scenarios.Result) float64 { return stats.Indicator(r.Complete) })},
	{"run_start_timestamp_seconds", "When the run started, in seconds since 1970.", nil, single(func(r scenarios.Result) float64 { return unixSeconds(r.Started) })},
	{"run_duration_seconds", "How long the run took.", nil, single(func(r scenarios.Result) float64 { return r.Seconds })},

	{"sessions", "Sessions of the run by the node of the balancer, the coordinator that answered, and how they ended.", []string{"node", "coordinator", "outcome"}, fillSessions},
	{"session_failures", "Failed sessions of the run by class and by coordinator.", []string{"class", "coordinator"}, fillFailures},
	{"sessions_refused", "Connections that the run itself ended because of the certificate.", nil, single(func(r scenarios.Result) float64 { return float64(r.Sessions.Refused) })},
	{"sessions_left_open", "Sessions that the run could not close on the server.", nil, single(func(r scenarios.Result) float64 { return float64(r.Sessions.LeftOpen) })},

	{"coordinator_sessions", "Sessions that a coordinator answered. A coordinator that is expected and was not reached has 0.", []string{"coordinator"},
		eachCoordinator(func(c scenarios.CoordTally) (float64, bool) { return float64(c.Sessions), true })},
	{"coordinator_share_ratio", "The share of the sessions that a coordinator answered, from 0 to 1.", []string{"coordinator"},
		eachCoordinator(func(c scenarios.CoordTally) (float64, bool) { return c.Share, true })},
	{"coordinator_expected_share_ratio", "The share that a coordinator should have, from 0 to 1.", []string{"coordinator"}, eachCoordinator(expectedShare)},
	{"coordinator_restarts", "How often a coordinator restarted during the run.", []string{"coordinator"},
		eachCoordinator(func(c scenarios.CoordTally) (float64, bool) { return float64(c.Restarts), true })},
	{"coordinators_expected", "How many coordinators the scenario expects. 0: it does not say.", nil,
		single(func(r scenarios.Result) float64 { return float64(r.Scenario.Expect.Coordinators.K()) })},
	{"coordinators_reached", "How many coordinators answered at least one session.", nil, single(coordinatorsReached)},
	{"nodes", "How many addresses the endpoints have.", nil, single(func(r scenarios.Result) float64 { return float64(len(r.Addresses())) })},

	{"certificate_expiry_timestamp_seconds", "When the first certificate of a node's chain expires, in seconds since 1970.", []string{"node"},
		eachCertificate(func(c scenarios.Cert) float64 { return unixSeconds(c.Ends()) })},
	{"certificate_trusted", "1 if a node's certificate leads to a trusted root and names the host.", []string{"node"},
		eachCertificate(func(c scenarios.Cert) float64 { return stats.Indicator(c.Chain == scenarios.ChainOK && c.HostOK) })},

	{"capacity_sessions_target", "Sessions that the capacity run was to hold. 0: as many as the service takes.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Target })},
	{"capacity_sessions_held", "The most sessions that were open together.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Held })},
	{"capacity_sessions_lost", "Held sessions that did not answer at the end.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Lost })},
	{"capacity_threads", "Service threads of one coordinator. 0: not known.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Threads })},
	{"capacity_sessions_nominal", "Sessions that all service threads hold. 0: the run does not bear it out.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Nominal })},
	{"capacity_sessions_nominal_one_down", "The same with one coordinator lost.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.NominalOneDown })},
	{"capacity_sessions_safe", "Sessions that fit with a chance of 99.9 %. 0: the run does not bear it out.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.Safe })},
	{"capacity_sessions_safe_one_down", "The same with one coordinator lost.", nil, ofCapacity(func(c scenarios.Capacity) int { return c.SafeOneDown })},

	{"watch_outage_seconds", "How long new sessions failed while the run watched.", nil, fillOutage},
	{"idle_longest_alive_seconds", "The longest that a session was idle and still answered.", nil, ofIdle(func(i scenarios.IdleSeen) scenarios.Seconds { return i.LastAlive })},
	{"idle_shortest_dead_seconds", "The shortest that a session was idle and was dead then. 0: none was.", nil, ofIdle(func(i scenarios.IdleSeen) scenarios.Seconds { return i.FirstDead })},

	{"label_values_omitted", "Names that have no label of their own, because there are too many: their sessions are counted under \"other\".", []string{"label"}, fillOmitted},
}

// single is a metric without labels.
func single(of func(scenarios.Result) float64) func(*values, scenarios.Result, metricLabels) {
	return func(v *values, r scenarios.Result, _ metricLabels) { v.add(of(r)) }
}

// eachCoordinator is a metric of each coordinator; has is false where it has none.
func eachCoordinator(of func(scenarios.CoordTally) (n float64, has bool)) func(*values, scenarios.Result, metricLabels) {
	return func(v *values, r scenarios.Result, l metricLabels) {
		for _, c := range r.Coords {
			if n, has := of(c); has {
				v.add(n, l.coordinator(c.Name))
			}
		}
	}
}

// eachCertificate is a metric of each node that showed certificates: of several the least.
func eachCertificate(of func(scenarios.Cert) float64) func(*values, scenarios.Result, metricLabels) {
	return func(v *values, r scenarios.Result, l metricLabels) {
		for _, c := range r.TLS {
			v.least(of(c), l.nodes.of(c.Node))
		}
	}
}

// ofCapacity is a metric that only runs of kind capacity have.
func ofCapacity(of func(scenarios.Capacity) int) func(*values, scenarios.Result, metricLabels) {
	return func(v *values, r scenarios.Result, _ metricLabels) {
		if r.Capacity != nil {
			v.add(float64(of(*r.Capacity)))
		}
	}
}

// ofIdle is a metric that only runs of kind idle have.
func ofIdle(of func(scenarios.IdleSeen) scenarios.Seconds) func(*values, scenarios.Result, metricLabels) {
	return func(v *values, r scenarios.Result, _ metricLabels) {
		if r.Idle != nil {
			v.add(float64(of(*r.Idle)))
		}
	}
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
