package awscheck

import (
	"fmt"
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// The longest idle timeouts that can be set.
const (
	longestClassicIdle = scenarios.Seconds(4000) // by the user guide
	longestNetworkIdle = scenarios.Seconds(6000) // of a TCP listener
)

// Calls that set an idle timeout, to SECONDS.
var (
	setClassicIdle = cli("aws elb modify-load-balancer-attributes", "load-balancer-name", "NAME", "load-balancer-attributes", `'{"ConnectionSettings":{"IdleTimeout":SECONDS}}'`)
	setNetworkIdle = cli("aws elbv2 modify-listener-attributes", "listener-arn", "LISTENER_ARN", "attributes", "Key=tcp.idle_timeout.seconds,Value=SECONDS")
)

// Arguments of Terraform that set an idle timeout.
const (
	classicIdleArgument = "idle_timeout of aws_elb"
	networkIdleArgument = "tcp_idle_timeout_seconds of aws_lb_listener"
)

// mendedWith replaces what the check's row says would mend it.
func (o outcome) mendedWith(m mend, seconds scenarios.Seconds) outcome {
	o.mend, o.seconds = &m, seconds
	return o
}

// idleMend is what gives the load balancer an idle timeout, and that; or, where AWS has
// none that long, what to do instead.
func (a asked) idleMend(needed scenarios.Seconds, instead string) (mend, scenarios.Seconds) {
	call, argument, longest := setNetworkIdle, networkIdleArgument, longestNetworkIdle
	if a.Type == scenarios.BalancerClassic {
		call, argument, longest = setClassicIdle, classicIdleArgument, longestClassicIdle
	}
	switch {
	case needed > longest:
		text := fmt.Sprintf("no idle timeout is that long, it is at most %s: %s", phrase.ShortSeconds(longest), instead)
		return mend{text, fmt.Sprintf("%s, at most %g", argument, float64(longest))}, 0
	case a.Type == scenarios.BalancerNetwork && a.tlsTooShort(needed):
		text := fmt.Sprintf("the idle timeout of a TLS listener is %s and cannot be changed: %s, or a TCP listener must pass TLS through to the coordinators, with %s", phrase.ShortSeconds(fixedIdle), instead, call)
		return mend{text, "protocol and tcp_idle_timeout_seconds of aws_lb_listener"}, needed
	}
	return mend{call, argument}, needed
}

// tlsTooShort reports whether a TLS listener cuts before a time, whatever is set.
func (a asked) tlsTooShort(needed scenarios.Seconds) bool {
	return needed > fixedIdle && len(a.tlsListeners()) > 0
}

// ofImpalad stands for an argument of Terraform where the load balancer stays as it is.
const ofImpalad = "nothing: it is a flag of impalad"

// sooner is a flag of Impala's that must be a time before an idle timeout.
func sooner(flag string) string { return "start impalad with " + flag + "=SECONDS, or less" }

// probeSooner has Impala probe before an idle timeout, with time left for a second probe.
func probeSooner(idle scenarios.Seconds) (mend, scenarios.Seconds) {
	return mend{sooner("client_keepalive_probe_period_s"), ofImpalad}, scenarios.Seconds(max(1, math.Floor(float64(idle)/2)))
}

// closeSooner has Impala close sessions by the time of an idle timeout.
func closeSooner(idle scenarios.Seconds) (mend, scenarios.Seconds) {
	return mend{sooner("idle_session_timeout"), ofImpalad}, idle
}
