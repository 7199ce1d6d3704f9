package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// identityJudge asks whether the coordinators can be told apart, run one version,
// and stand behind as many addresses as declared.
func identityJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{identity(e), versions(e), nodes(e)}, scenarios.NextLook{}
}

// dnsJudge is the part of whoJudge that needs no session.
func dnsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{nodes(e)}, scenarios.NextLook{}
}

// seenCoordinators pools what the looks learned of each coordinator, sorted by name.
func seenCoordinators(e scenarios.Measured) []scenarios.Seen {
	var out []scenarios.Seen
	for _, l := range e.Looks {
		for _, s := range l.Seen {
			i := slices.IndexFunc(out, func(o scenarios.Seen) bool { return o.Coordinator == s.Coordinator })
			if i < 0 {
				out = append(out, scenarios.Seen{Coordinator: s.Coordinator, Weak: s.Weak})
				i = len(out) - 1
			}
			out[i].Weak = out[i].Weak && s.Weak
			out[i].PIDs = union(out[i].PIDs, s.PIDs)
			out[i].Versions = union(out[i].Versions, s.Versions)
		}
	}
	slices.SortFunc(out, func(a, b scenarios.Seen) int { return strings.Compare(a.Coordinator, b.Coordinator) })
	return out
}

func union[T comparable](have, more []T) []T {
	for _, v := range more {
		if !slices.Contains(have, v) {
			have = append(have, v)
		}
	}
	return have
}

// identity judges whether names tell coordinators apart.
func identity(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.IdentitySound}
	f.Status, f.Message = soundness(e)
	if f.Status == scenarios.Inconclusive && len(seenCoordinators(e)) > 0 {
		f.Fix = slices.Concat(set("identity_query", "", "give a statement that names the server"), try("use a version of Impala whose Ping or OpenSession reports the address"))
	}
	if f.Status == scenarios.Pass {
		f.Note = restarts(e)
	}
	return f
}

// soundness is identity's status and sentence; balance asks it first.
func soundness(e scenarios.Measured) (scenarios.Status, string) {
	seen, sessions, refused := seenCoordinators(e), 0, 0
	strong := 0
	for _, s := range seen {
		if !s.Weak {
			strong++
		}
	}
	for _, l := range e.Looks {
		n, _, _, _ := l.All().Total()
		sessions += n
		refused += l.Refused
	}
	k := e.Scenario.Expect.Coordinators.K()
	switch {
	case sessions == 0:
		_, why := noSession(refused)
		return scenarios.Skipped, why // errors.rate is inconclusive where it has to be
	case len(seen) == 0:
		return scenarios.Inconclusive, "no session said who answered"
	case strong == len(seen):
		return scenarios.Pass, "every coordinator names its own web address"
	case k != 1 && len(seen) < 2:
		return scenarios.Inconclusive, fmt.Sprintf("all that tells coordinators apart is the host name %s, and it was the only one: they cannot be counted", seen[0].Coordinator)
	}
	return scenarios.Pass, fmt.Sprintf("host names tell %s apart; no web address was given", count(len(seen), "coordinator"))
}

// restarts says which coordinators came with more than one pid.
func restarts(e scenarios.Measured) string {
	var strong, weak []string
	for _, s := range seenCoordinators(e) {
		if len(s.PIDs) < 2 {
			continue
		}
		if s.Weak {
			weak = append(weak, s.Coordinator)
		} else {
			strong = append(strong, s.Coordinator)
		}
	}
	var out []string
	if len(strong) > 0 {
		out = append(out, "Restarted during the run (more than one pid): "+list(strong)+"")
	}
	if len(weak) > 0 {
		out = append(out, "More than one pid under one host name, a restart or several coordinators: "+list(weak)+"")
	}
	return strings.Join(out, ". ")
}

// versions judges whether all run the version declared, or at least one and the same.
func versions(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.VersionsSame}
	want := e.Scenario.Expect.Version
	by := map[string][]string{}
	var wrong, silent, order []string
	for _, s := range seenCoordinators(e) {
		if len(s.Versions) == 0 {
			silent = append(silent, s.Coordinator)
		}
		for _, v := range s.Versions {
			if by[v] == nil {
				order = append(order, v)
			}
			by[v] = append(by[v], s.Coordinator)
			if want != "" && !strings.Contains(v, want) {
				wrong = append(wrong, fmt.Sprintf("%s runs %q", s.Coordinator, v))
			}
		}
	}
	slices.Sort(order)
	switch {
	case len(order) == 0 && want == "":
		f.Status, f.Message = scenarios.Skipped, "no coordinator said its version"
	case len(order) == 0:
		f.Message = fmt.Sprintf("no coordinator said its version, and %q was declared", want)
	case len(wrong) > 0:
		f.Status, f.Fix = scenarios.Fail, slices.Concat(try("finish the upgrade"), set("expect.version", "", "correct the expected version"))
		f.Message = fmt.Sprintf("%q was declared, but %s", want, list(wrong))
	case len(order) > 1:
		f.Status, f.Message = scenarios.Pass, "versions differ, and none was declared"
		f.Note = "Versions differ: " + perVersion(order, by)
		f.Fix = set("expect.version", "", "")
		if want != "" {
			f.Message, f.Fix = fmt.Sprintf("every version has %q in it", want), nil
		}
	default:
		f.Status, f.Message = scenarios.Pass, fmt.Sprintf("all that said it run %s", order[0])
	}
	if f.Status == scenarios.Pass && len(silent) > 0 {
		f.Note = join(f.Note, "Without a version: "+list(silent)+"")
	}
	return f
}

func perVersion(order []string, by map[string][]string) string {
	var out []string
	for _, v := range order {
		out = append(out, fmt.Sprintf("%q on %s", v, list(by[v])))
	}
	return strings.Join(out, "; ")
}

// nodes judges how many addresses the endpoints have.
func nodes(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.DNSNodes}
	var names []string
	for _, n := range e.Addresses() {
		names = append(names, n.String())
	}
	want, got := e.Scenario.Expect.Nodes, len(names)
	switch {
	case want == 0:
		f.Status = scenarios.Skipped
		f.Message = fmt.Sprintf("%s found and no number declared: %s", count(got, "node"), list(names))
		f.Fix = set("expect.nodes", strconv.Itoa(got), "")
	case got == want:
		f.Status, f.Message = scenarios.Pass, fmt.Sprintf("%s, as declared: %s", count(got, "node"), list(names))
	default:
		f.Status = scenarios.Fail
		f.Message = fmt.Sprintf("%s where %d were declared: %s", count(got, "node"), want, list(names))
		f.Fix = slices.Concat(try("check the balancer's zones and the DNS records of its name"), set("expect.nodes", "", "correct the expected number"))
	}
	if want > 0 {
		f.Observed, f.Expected = num(got), num(want)
	}
	return f
}
