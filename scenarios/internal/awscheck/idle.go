package awscheck

import (
	"cmp"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// usualIdle is how long connection pools keep connections that they do not use.
const usualIdle = scenarios.Duration(5 * time.Minute)

func judgeIdle(a asked) outcome {
	of, idle, known := a.shortestIdle()
	limit := secondsOf(cmp.Or(a.config.LongestIdle, usualIdle))
	switch {
	case !known:
		return unsaid("idle timeout")
	case idle < limit:
		return bad("%s cuts connections that are idle for %s; clients keep them for %s", of, phrase.ShortSeconds(idle), phrase.ShortSeconds(limit)).measured(idle, limit).
			mendedWith(a.idleMend(limit, "clients must close idle connections sooner"))
	}
	return good("%s cuts connections that are idle for %s; clients keep them for %s", of, phrase.ShortSeconds(idle), phrase.ShortSeconds(limit)).measured(idle, limit)
}

func judgeKeepalive(a asked) outcome {
	of, idle, known := a.shortestIdle()
	probe := a.keepalive()
	switch {
	case !known:
		return unsaid("idle timeout")
	case probe == nil:
		return unknown("client_keepalive_probe_period_s is not known").toldBy(fromImpala("audit.keepalive"))
	case *probe == 0:
		return unwise("Impala sends no keepalive probes, and %s cuts after %s", of, phrase.ShortSeconds(idle)).measured(*probe, idle).mendedWith(probeSooner(idle))
	case *probe >= idle:
		return unwise("Impala probes after %s, and %s cuts after %s", phrase.ShortSeconds(*probe), of, phrase.ShortSeconds(idle)).measured(*probe, idle).mendedWith(probeSooner(idle))
	}
	return good("Impala probes after %s, before %s cuts after %s", phrase.ShortSeconds(*probe), of, phrase.ShortSeconds(idle)).measured(*probe, idle)
}

func judgeIdleSession(a asked) outcome {
	of, idle, known := a.shortestIdle()
	session, probe := a.idleSession(), a.keepalive()
	switch {
	case !known:
		return unsaid("idle timeout")
	case session == nil:
		return unknown("idle_session_timeout is not known").toldBy(fromImpala("audit.idle_session"))
	case *session == 0 && probe == nil:
		return unknown("idle_session_timeout is 0, and client_keepalive_probe_period_s is not known").toldBy(fromImpala("audit.keepalive"))
	case *session == 0 && *probe == 0:
		return unwise("idle_session_timeout is 0 and Impala sends no keepalive probes, and %s cuts after %s", of, phrase.ShortSeconds(idle)).mendedWith(probeSooner(idle))
	case *session == 0:
		return good("idle_session_timeout is 0, and keepalive probes free the threads of connections that were cut")
	case idle < *session:
		return unwise("%s cuts after %s, and Impala closes idle sessions after %s", of, phrase.ShortSeconds(idle), phrase.ShortSeconds(*session)).measured(idle, *session).mendedWith(closeSooner(idle))
	}
	return good("Impala closes idle sessions after %s, before %s cuts after %s", phrase.ShortSeconds(*session), of, phrase.ShortSeconds(idle)).measured(idle, *session)
}

// maxClassicIdle is what the model of the API allows; the user guide says 4000.
const maxClassicIdle = scenarios.Seconds(3600)

func judgeIdleRange(a asked) outcome {
	_, idle, known := a.shortestIdle()
	switch {
	case !known:
		return unsaid(classicIdle)
	case idle > maxClassicIdle:
		return unwise("the idle timeout is %s, more than 1h", phrase.ShortSeconds(idle)).measured(idle, maxClassicIdle)
	}
	return good("the idle timeout is %s, at most 1h", phrase.ShortSeconds(idle)).measured(idle, maxClassicIdle)
}

// fromImpala are the settings that would tell a flag of Impala.
func fromImpala(key string) scenarios.Fixes {
	return append(phrase.Set("target.web_port", "25000", "read it from Impala's web pages"), phrase.Set(key, "", "say what it is")...)
}
