package provision

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// MakePlan reads AWS and returns the changes to make. It changes nothing; it checks
// the permissions for EC2's writes by DryRun. If VPC, subnets or coordinators do
// not match, the plan ends there and is incomplete.
//
// Its errors are a [*RefusedError] for the wrong account or region, a [*CallError]
// for a call that failed, or the context's own.
func MakePlan(ctx context.Context, c Cloud, spec lbfile.Spec) (Plan, error) {
	return newState(c, spec).plan(ctx)
}

func (s *state) plan(ctx context.Context) (Plan, error) {
	s.quotas.interested = true
	p, err := s.compare(ctx)
	if err != nil {
		return p, err
	}
	return p, checkPermissions(ctx, p.Changes)
}

// compare makes a plan without checking permissions.
func (s *state) compare(ctx context.Context) (Plan, error) {
	p := Plan{Schema: PlanSchema, Region: s.cloud.Region, Cluster: s.spec.Cluster}
	if err := s.readIdentity(ctx); err != nil {
		return p, explain(ctx, err)
	}
	p.Account = s.identity.account
	err := s.readAll(ctx, s.resources(), &p)
	if len(p.Notes) == 0 && err == nil {
		p.Notes = s.notes()
	}
	return p, err
}

// readAll reads the resources, every reader once, and adds their changes to p.
func (s *state) readAll(ctx context.Context, resources []resource, p *Plan) error {
	read := map[*reader]bool{}
	for _, r := range resources {
		if !read[r.read] {
			if err := r.read.read(ctx); err != nil {
				return explain(ctx, err)
			}
			read[r.read] = true
		}
		changes := r.changes()
		p.Changes = append(p.Changes, changes...)
		if r.prerequisite && len(stops(changes)) > 0 {
			p.Notes = append(p.Notes, "The rest was not read: resolve what stops this first.")
			return nil
		}
	}
	p.Complete = true
	return nil
}

// stops returns the changes that prevent all writes.
func stops(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !c.Stops() })
}

// Writes counts the changes that would change something.
func (p Plan) Writes() int {
	n := 0
	for _, c := range p.Changes {
		if c.Writes() {
			n++
		}
	}
	return n
}

// Stops lists the changes that stop Apply.
func (p Plan) Stops() []Change { return stops(p.Changes) }

// checkPermissions makes one dry run for each kind of call, and blocks the changes
// that the caller may not make.
func checkPermissions(ctx context.Context, changes []Change) error {
	verdicts := map[string]string{} // missing permission by call; "" is permitted
	for i, c := range changes {
		if c.dryRun == nil || !c.Writes() {
			continue
		}
		missing, asked := verdicts[c.Call]
		if !asked {
			err := c.dryRun(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if denied(code(err)) {
				missing = c.Call
				if m := notAuthorized.FindStringSubmatch(err.Error()); m != nil {
					missing = m[1]
				}
			} // DryRunOperation means permitted; other errors are left to the call itself
			verdicts[c.Call] = missing
		}
		if missing != "" {
			changes[i] = blocked(c, "the caller lacks the permission %s", missing)
		}
	}
	return nil
}

// notes are hints that stop nothing.
func (s *state) notes() []string {
	var notes []string
	add := func(when bool, format string, args ...any) {
		if when {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	pick := lbfile.Pick{Tags: s.spec.Coordinators.Tags}
	add(len(pick.Tags) > 0 && !mentionsCoordinators(pick.Tags),
		"%d instances match %s; only coordinators open %s: an executor among them would stay out of service.", len(s.network.coordinators), pickText(pick), ports(s.spec.Listeners))
	add(slices.Contains(s.spec.Listeners, 21000) || s.spec.HealthPort() == 21000,
		"Port 21000 (Beeswax) is closed by default from Impala 5 on (--beeswax_port).")
	add(s.spec.HealthPort() == 21000, "The health check uses port 21000: if it is closed, every coordinator is out of service, for all listeners.")
	add(s.spec.Secure() && s.spec.TLS.Backend == lbfile.Plain,
		"tls.backend is plain: LDAP passwords go in clear text from the load balancer to the coordinators, which refuse to start with LDAP unless they have --ldap_passwords_in_clear_ok.")
	add(s.spec.Secure() && strings.Contains(s.spec.TLS.Policy, "2016-08"), "%s allows TLS 1.0 and 1.1; %s does not.", "ELBSecurityPolicy-2016-08", s.spec.DefaultPolicy())
	add(s.spec.Secure() && isIAM(s.spec.TLS.Certificate) && s.spec.TLS.Host == "", "The names of a certificate in IAM are not read: set tls.host to the name that clients use.")
	add(!s.spec.CrossZone && len(s.zones()) > 1, "Cross-zone is off and coordinators are in %d zones: zones of unequal size get unequal shares.", len(s.zones()))
	s.kind.hints(add)
	v6 := slices.ContainsFunc(s.spec.Clients, func(c netip.Prefix) bool { return c.Addr().Is6() })
	add(v6 && (s.spec.Scheme == lbfile.Internal || !slices.ContainsFunc(s.network.subnets, func(n subnet) bool { return n.v6 })),
		"clients has networks of IPv6, from which nobody can come: the load balancer's name has no address of IPv6 (an internal one never has).")
	for _, n := range s.network.subnets {
		add(n.free < minFreeAddresses && s.ownsBalancer() && slices.Contains(s.kind.found().subnets, n.id),
			"%s has %d free addresses: with fewer than %d AWS cannot scale or replace the load balancer's nodes there.", n.id, n.free, minFreeAddresses)
	}
	for _, i := range s.network.stopped {
		add(true, "%s is %s: it is registered once it runs, and stays registered if it was.", i.id, i.state)
	}
	notes = append(notes, s.quotas.notes...)
	add(s.spec.Anywhere, "Every address may connect (anywhere: true).")
	return notes
}

// mentionsCoordinators reports whether a tag contains the word coordinator.
func mentionsCoordinators(tags map[string]string) bool {
	for key := range maps.Keys(tags) {
		if strings.Contains(strings.ToLower(key+tags[key]), "coordinator") {
			return true
		}
	}
	return false
}

func (s *state) zones() []string {
	zones := mapSlice(s.network.coordinators, func(c coordinator) string { return c.zone })
	slices.Sort(zones)
	return slices.Compact(zones)
}
