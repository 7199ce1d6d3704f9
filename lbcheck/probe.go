package lbcheck

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// Probe returns what learns who speaks on a node where no session could be opened, as
// [run.Options.Probe]. It sends no user and no password.
func (o Options) Probe(s scenarios.Scenario) func(context.Context, run.Node) scenarios.Probe {
	mask, local := newSecretMask(nil, o.secrets(s.Auth.User)...), localAddresses(s.Load.LocalAddresses)
	return func(ctx context.Context, n run.Node) scenarios.Probe {
		c := o.config(s, n, &hs2client.Record{})
		c.Local = local()
		if s.Auth.Mechanism == scenarios.MechanismKerberos {
			c.Kerberos = new(hs2client.Ticket) // that there is one: none is sent
		}
		heard, err := hs2client.Probe(ctx, c)
		if err != nil {
			return scenarios.Probe{} // no connection any more
		}
		return scenarios.Probe{
			Connections: heard.Connections, Heard: heard.What, TLS: heard.Within, AsConfigured: heard.AsConfigured(),
			Text: mask.Replace(heard.Text), Hint: heard.Hint(),
		}
	}
}
