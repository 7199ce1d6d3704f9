package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeAudit shows what AWS said of the load balancer: what is judged, and what is not,
// such as attributes that nobody knows yet.
func writeAudit(p *page, r scenarios.Result) {
	a := r.Audit
	if a == nil {
		return
	}
	p.title("Load balancer")
	p.fact("name", strings.TrimSpace(name(a.Name)+" "+name(a.DNSName)))
	p.fact("type", strings.Join(slices.DeleteFunc([]string{name(string(a.Type)), name(a.Scheme), name(a.State)}, func(s string) bool { return s == "" }), ", "))
	p.fact("zones", joined(named(a.Zones), 8))
	p.fact("attributes", keysAndValues(a.Attributes))
	p.fact("tags", keysAndValues(a.Tags))
	for _, l := range a.Listeners {
		text := fmt.Sprintf("%s:%d to %s", name(l.Protocol), l.Port, joined(named(l.Groups), 4))
		if l.BackendPort > 0 {
			text += fmt.Sprintf(", port %d", l.BackendPort)
		}
		p.fact("listener", strings.TrimSuffix(text+"; "+keysAndValues(l.Attributes), "; "))
	}
	for _, g := range a.Groups {
		writeTargets(p, g)
	}
	for _, u := range a.Unread {
		p.item("not read: " + message(u.Action+": "+u.Text))
	}
}

// writeTargets shows a target group.
func writeTargets(p *page, g scenarios.AuditTargets) {
	p.fact("targets", strings.TrimSuffix(name(g.Name)+"; "+keysAndValues(g.Attributes), "; "))
	if len(g.Targets) == 0 {
		return
	}
	cols := []column{{title: "target", min: 11}, {title: "address", min: 9}, {title: "port", right: true}, {title: "zone", min: 8}, {title: "state", min: 9}, {title: "role", min: 4}}
	var rows [][]string
	for _, t := range g.Targets {
		port := ""
		if t.Port > 0 {
			port = strconv.Itoa(t.Port)
		}
		rows = append(rows, []string{name(t.ID), orDash(name(t.Address)), orDash(port), orDash(name(t.Zone)), orDash(strings.TrimSpace(name(t.State) + " " + name(t.Reason))), orDash(role(t.Impala))})
	}
	p.table(cols, rows)
}

// role is what the web pages of a target say it is.
func role(i *scenarios.AuditImpala) string {
	if i == nil || i.Coordinator == nil {
		return ""
	}
	return either(*i.Coordinator, "coordinator", "executor")
}

func named(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = name(s)
	}
	return out
}

// keysAndValues is a=b, c=d, by key; empty values are left out.
func keysAndValues(all map[string]string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key] != "" {
			out = append(out, name(key)+"="+name(all[key]))
		}
	}
	return joined(out, 64)
}

// audited is the sentence of an audit that passed.
func audited(r scenarios.Result) string {
	n := len(withStatus(r, scenarios.StatusPass))
	text := fmt.Sprintf("the %s load balancer %s passed %s", name(string(r.Audit.Type)), name(r.Audit.Name), count(n, "check"))
	if skipped := len(r.Findings) - n; skipped > 0 {
		text += fmt.Sprintf("; %d did not apply or could not be made", skipped)
	}
	return text
}
