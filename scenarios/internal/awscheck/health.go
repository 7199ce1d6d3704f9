package awscheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// checkText is "TCP on the port of the traffic", "HTTP:25000/healthz".
func checkText(c scenarios.AuditCheck) string {
	if c.Port == 0 {
		return c.Protocol + " on the port of the traffic" + c.Path
	}
	return fmt.Sprintf("%s:%d%s", c.Protocol, c.Port, c.Path)
}

func judgeHealth(a asked) outcome {
	none := 0
	var all []scenarios.AuditTarget // but those that are leaving
	var out []scenarios.AuditTarget
	var why []string
	for _, g := range a.Groups {
		serving := 0
		for _, t := range g.Targets {
			switch {
			case InService(t):
				serving++
				all = append(all, t)
			case !leaving(t):
				all, out = append(all, t), append(out, t)
				why = append(why, fmt.Sprintf("%s is %s (%s)", targetName(t), cmp.Or(t.State, "in no state"), cmp.Or(t.Reason, t.Text, "no reason")))
			}
		}
		if serving == 0 {
			none++
		}
	}
	slices.Sort(why) // a machine behind two listeners is out of both
	why = slices.Compact(why)
	total := machines(all)
	now, next := a.opened(0), a.opened(1)
	switch {
	case total == 0:
		return bad("no target is registered")
	case now != nil:
		now.message += ": " + phrase.List(why)
		return *now
	case len(out) == 0 && next != nil:
		return *next
	case len(out) == 0:
		return good("%s %s in service", phrase.Count(total, "machine"), phrase.Agree(total, "is", "are"))
	case none > 0 && a.Type == scenarios.BalancerNetwork:
		return bad("no target of a group is in service, so connections go to all of them: %s", phrase.List(why))
	}
	return bad("%d of %s not in service: %s", machines(out), phrase.Count(total, "machine"), phrase.List(why))
}

// healthPath is where an impalad says whether it can serve.
const healthPath = "/healthz"

func judgeBlindCheck(a asked) outcome {
	for _, g := range a.Groups {
		web := g.Check.Protocol == "HTTP" || g.Check.Protocol == "HTTPS"
		if !web || !strings.HasPrefix(g.Check.Path, healthPath) {
			return unwise("the health check of %s is %s, and not HTTP:25000%s", g.Name, checkText(g.Check), healthPath)
		}
	}
	return good("health checks ask for %s", healthPath)
}

// beeswaxPort is the port of Beeswax, which Impala 5 does not open by default.
const beeswaxPort = 21000

func judgeCheckPort(a asked) outcome {
	for _, g := range a.Groups {
		if !slices.Contains(checkedPorts(g), beeswaxPort) {
			continue
		}
		switch open := a.beeswax(); {
		case open == nil:
			return unknown("the health check of %s is on port %d, and beeswax_port is not known", g.Name, beeswaxPort).toldBy(phrase.Set("target.web_port", "25000", "read it from Impala's web pages"))
		case *open == 0:
			return bad("the health check of %s is on port %d, and Impala does not open it (beeswax_port is 0)", g.Name, beeswaxPort)
		}
	}
	return good("no health check depends on a port that Impala does not open")
}

// checkedPorts are those that the health check connects to.
func checkedPorts(g scenarios.AuditTargets) []int {
	if g.Check.Port != 0 {
		return []int{g.Check.Port}
	}
	ports := []int{g.Port}
	for _, t := range g.Targets {
		ports = append(ports, t.Port)
	}
	return ports
}

// beeswax is the least beeswax_port that the targets' pages show; nil: none does.
func (a asked) beeswax() *int {
	var least *int
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			if t.Impala != nil && t.Impala.BeeswaxPort != nil && (least == nil || *t.Impala.BeeswaxPort < *least) {
				least = t.Impala.BeeswaxPort
			}
		}
	}
	return least
}

// The longest times until a target is back, and until one that is dead is out.
const (
	maxClassicReturn = scenarios.Seconds(120)
	maxNetworkReturn = scenarios.Seconds(180)
	maxLeave         = scenarios.Seconds(60)
)

func judgeSlowCheck(a asked) outcome {
	limit := maxNetworkReturn
	if a.Type == scenarios.BalancerClassic {
		limit = maxClassicReturn
	}
	worst := good("a target is back within %s, and out within %s", phrase.ShortSeconds(limit), phrase.ShortSeconds(maxLeave))
	for _, g := range a.Groups {
		back, out := g.Check.Interval*scenarios.Seconds(g.Check.Healthy), g.Check.Interval*scenarios.Seconds(g.Check.Unhealthy)
		switch {
		case back > limit:
			return unwise("a target of %s is back after %d checks, %s, more than %s", g.Name, g.Check.Healthy, phrase.ShortSeconds(back), phrase.ShortSeconds(limit)).measured(back, limit)
		case out > maxLeave:
			return unwise("a dead target of %s stays in service for %d checks, %s, more than %s", g.Name, g.Check.Unhealthy, phrase.ShortSeconds(out), phrase.ShortSeconds(maxLeave)).measured(out, maxLeave)
		}
	}
	return worst
}

func judgeCheckTLS(a asked) outcome {
	for _, g := range a.Groups {
		if g.Check.Protocol != "HTTPS" {
			continue
		}
		switch oldest := a.minTLS(); oldest {
		case "":
			return unknown("the health check of %s is HTTPS, and ssl_minimum_version is not known", g.Name).toldBy(fromImpala("audit.min_tls"))
		case "1.3":
			return unwise("the health check of %s is HTTPS, and Impala speaks TLS 1.3 alone", g.Name)
		}
	}
	return good("no health check needs TLS 1.3")
}

// minTLS is "1.2", of "tlsv1.2".
func (a asked) minTLS() string {
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			if t.Impala != nil && t.Impala.MinTLS != "" {
				return strings.TrimPrefix(strings.ToLower(t.Impala.MinTLS), "tlsv")
			}
		}
	}
	return a.config.MinTLS
}

// longestDrain is the longest that AWS drains a target.
const longestDrain = scenarios.Seconds(3600)

// mendedBy says which time would do, if AWS takes it.
func (o outcome) mendedBy(needed scenarios.Seconds) outcome {
	o.seconds = min(needed, longestDrain)
	return o
}

// needed is how long sessions of a target that is taken out must go on.
func (a asked) needed() scenarios.Seconds { return max(a.grace(), secondsOf(a.config.LongestQuery)) }

func judgeDrain(a asked) outcome {
	limit := a.needed()
	if a.Type == scenarios.BalancerClassic {
		on, known := isOn(a.Attributes, classicDrain)
		delay, said := seconds(a.Attributes, classicDelay)
		switch {
		case !known || on && !said:
			return unsaid(classicDrain)
		case !on:
			return unwise("connection draining is off: an instance that is deregistered loses its connections at once").mendedBy(limit)
		}
		return drained("the load balancer", delay, limit)
	}
	worst := good("no target group")
	for _, g := range a.Groups {
		delay, known := seconds(g.Attributes, groupDelay)
		if !known {
			return unsaid(groupDelay)
		}
		if worst = drained(g.Name, delay, limit); worst.note != "" {
			break
		}
	}
	return worst
}

func drained(of string, delay, limit scenarios.Seconds) outcome {
	text := fmt.Sprintf("%s keeps the connections of a deregistered target for %s; a query, or Impala's shutdown, takes %s", of, phrase.ShortSeconds(delay), phrase.ShortSeconds(limit))
	if limit > longestDrain {
		text += fmt.Sprintf(", and AWS drains for %s at the longest", phrase.ShortSeconds(longestDrain))
	}
	if delay < min(limit, longestDrain) {
		return unwise("%s", text).measured(delay, limit).mendedBy(limit)
	}
	return good("%s", text).measured(delay, limit)
}

func judgeUnhealthyCut(a asked) outcome {
	for _, g := range a.Groups {
		cut, known := isOn(g.Attributes, cutUnhealthy)
		wait, said := seconds(g.Attributes, drainUnhealthy)
		switch {
		case !known:
			return unsaid(cutUnhealthy)
		case cut:
			return unwise("%s ends the connections of a target as soon as it is unhealthy", g.Name)
		case !said:
			return unsaid(drainUnhealthy)
		case wait == 0:
			return unwise("%s does not drain an unhealthy target: %s is 0", g.Name, drainUnhealthy)
		}
	}
	return good("connections of an unhealthy target are drained")
}
