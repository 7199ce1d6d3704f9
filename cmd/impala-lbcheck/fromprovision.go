//go:build !noaws

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/mask"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// fromProvision sets what was provisioned in s, where the flag is set: where it listens, how
// many coordinators stand behind it, and what its certificate is for. Variables and
// flags override it.
func (p *provisionFlags) fromProvision(ctx context.Context, e env, s *scenarios.Scenario, endpoints []string, protocol scenarios.Protocol) error {
	if p.file == "" {
		return nil
	}
	if len(endpoints) > 0 {
		return errors.New("--from-provision names the host: give no other endpoint")
	}
	cloud, spec, err := p.open(ctx, e)
	if err != nil {
		return fmt.Errorf("--from-provision: %w", err)
	}
	r, err := provision.Status(ctx, cloud, spec)
	if err != nil {
		return p.failed(ctx, r.Account, err)
	}
	if stop := r.Stops(); r.Outputs.Host == "" && len(stop) > 0 { // missing, not ours, or not read
		return fmt.Errorf("--from-provision: %w", &mask.Error{Err: &provision.StoppedError{Changes: stop}, Words: p.mask(r.Account)})
	}
	return setTarget(s, r.Outputs, spec, protocol)
}

// setTarget sets the load balancer as s's target.
func setTarget(s *scenarios.Scenario, o provision.Outputs, spec lbfile.Spec, protocol scenarios.Protocol) error {
	if o.Host == "" {
		return fmt.Errorf("--from-provision: %s does not exist yet; run impala-lbcheck provision apply", spec.Balancer())
	}
	port := protocol.Port()
	if !slices.Contains(o.Listeners, port) {
		return fmt.Errorf("--from-provision: %s has no listener on %d (%s) that matches the file; see --protocol, and impala-lbcheck provision status", spec.Balancer(), port, protocol)
	}
	s.Target.Endpoints = []string{net.JoinHostPort(o.Host, strconv.Itoa(int(port)))}
	if s.Kind.Has("expect.coordinators") {
		s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: len(o.Coordinators)}
	}
	if o.TLS != nil {
		s.TLS.Enabled, s.TLS.ServerName = true, o.TLS.Domain
	}
	return nil
}
