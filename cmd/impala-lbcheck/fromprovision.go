package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// withBuilt gives cmd the flag that takes the target from a load balancer that
// was provisioned.
func withBuilt(cmd *cobra.Command) *provisioning {
	p := &provisioning{}
	cmd.Flags().StringVar(&p.file, "from-provision", "", "take host, coordinators and TLS from the load balancer of this lb.yaml, `FILE`")
	flags.Group(cmd, string(scenarios.GroupTarget))
	return p
}

// built sets what was provisioned in s, where the flag is set: where it listens, how
// many coordinators stand behind it, and what its certificate is for. Variables and
// flags override it.
func (p *provisioning) built(ctx context.Context, w world, s *scenarios.Scenario, endpoints []string, protocol scenarios.Protocol) error {
	if p.file == "" {
		return nil
	}
	if len(endpoints) > 0 {
		return errors.New("--from-provision names the host: give no other endpoint")
	}
	cloud, spec, err := p.open(ctx, w)
	if err != nil {
		return fmt.Errorf("--from-provision: %w", err)
	}
	r, err := provision.Status(ctx, cloud, spec)
	if err != nil {
		return p.failed(ctx, r.Account, err)
	}
	if stop := r.Stops(); r.Outputs.Host == "" && len(stop) > 0 { // not there, not ours, or not looked at
		return fmt.Errorf("--from-provision: %w", &provision.StoppedError{Changes: stop})
	}
	return takeOver(s, r.Outputs, spec, protocol)
}

// takeOver makes the load balancer s's target.
func takeOver(s *scenarios.Scenario, o provision.Outputs, spec lbfile.Spec, protocol scenarios.Protocol) error {
	if o.Host == "" {
		return fmt.Errorf("--from-provision: %s is not there yet; impala-lbcheck provision apply builds it", spec.Balancer())
	}
	port := protocol.Port()
	if !slices.Contains(o.Listeners, port) {
		return fmt.Errorf("--from-provision: %s has no listener on %d (%s) that is as the file says; see --protocol, and impala-lbcheck provision status", spec.Balancer(), port, protocol)
	}
	s.Target.Endpoints = []string{net.JoinHostPort(o.Host, strconv.Itoa(int(port)))}
	s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: len(o.Coordinators)}
	if o.TLS != nil {
		s.TLS.Enabled, s.TLS.ServerName = true, o.TLS.Domain
	}
	return nil
}
