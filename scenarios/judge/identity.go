package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// identityJudge asks whether the coordinators can be distinguished, run one version,
// and stand behind as many addresses as declared.
func identityJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{identity(e), versions(e), nodes(e)}, scenarios.NextLook{}
}

// dnsJudge is the part of identityJudge that needs no session.
func dnsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{nodes(e)}, scenarios.NextLook{}
}

// identity judges whether names tell coordinators apart.
func identity(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.IdentitySound}
	f.Status, f.Message = batch.Soundness(e)
	seen := batch.SeenCoordinators(e)
	switch {
	case f.Status == scenarios.StatusInconclusive && slices.ContainsFunc(seen, scenarios.Seen.SharedName):
		f.Fix = phrase.Try("start each impalad with a host name of its own (its flag hostname)")
	case f.Status == scenarios.StatusInconclusive && len(seen) > 0:
		f.Fix = slices.Concat(phrase.Set("identity_query", "", "give a statement that names the server"), phrase.Try("use a version of Impala whose Ping or OpenSession reports the address"))
	}
	if f.Status == scenarios.StatusPass {
		f.Note = restarts(e)
	}
	return f
}

// restarts says which coordinators came with more than one pid.
func restarts(e scenarios.Measured) string {
	var strong, weak []string
	for _, s := range batch.SeenCoordinators(e) {
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
		out = append(out, "Restarted during the run (more than one pid): "+phrase.List(strong))
	}
	if len(weak) > 0 {
		out = append(out, "More than one pid under one host name, a restart or several coordinators: "+phrase.List(weak))
	}
	return strings.Join(out, ". ")
}

// versions judges whether all run the version declared, or at least one and the same.
func versions(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.VersionsSame}
	want := e.Scenario.Expect.Version
	by := map[string][]string{}
	var wrong, silent, order []string
	for _, s := range batch.SeenCoordinators(e) {
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
		f.Status, f.Message = scenarios.StatusSkipped, "no coordinator reported a version"
	case len(order) == 0:
		f.Message = fmt.Sprintf("no coordinator reported a version; %q was expected", want)
	case len(wrong) > 0:
		f.Status, f.Fix = scenarios.StatusFail, slices.Concat(phrase.Try("finish the upgrade"), phrase.Set("expect.version", "", "correct the expected version"))
		f.Message = fmt.Sprintf("%q was expected, but %s", want, phrase.List(wrong))
	case len(order) > 1:
		f.Status, f.Message = scenarios.StatusPass, "versions differ, and none was declared"
		f.Note = "Versions differ: " + perVersion(order, by)
		f.Fix = phrase.Set("expect.version", "", "")
		if want != "" {
			f.Message, f.Fix = fmt.Sprintf("every version has %q in it", want), nil
		}
	default:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("every coordinator that reported a version runs %s", order[0])
	}
	if f.Status == scenarios.StatusPass && len(silent) > 0 {
		f.Note = phrase.Join(f.Note, "Without a version: "+phrase.List(silent))
	}
	return f
}

func perVersion(order []string, by map[string][]string) string {
	var out []string
	for _, v := range order {
		out = append(out, fmt.Sprintf("%q on %s", v, phrase.List(by[v])))
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
		f.Status = scenarios.StatusSkipped
		f.Message = fmt.Sprintf("%s found and no number declared: %s", phrase.Count(got, "node"), phrase.List(names))
		f.Fix = phrase.Set("expect.nodes", strconv.Itoa(got), "")
	case got == want:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("%s, as declared: %s", phrase.Count(got, "node"), phrase.List(names))
	default:
		f.Status = scenarios.StatusFail
		f.Message = fmt.Sprintf("%s where %d %s declared: %s", phrase.Count(got, "node"), want, phrase.Agree(want, "was", "were"), phrase.List(names))
		f.Fix = slices.Concat(phrase.Try("check the balancer's zones and the DNS records of its name"), phrase.Set("expect.nodes", "", "correct the expected number"))
	}
	if want > 0 {
		f.Observed, f.Expected = phrase.Num(got), phrase.Num(want)
	}
	return f
}
