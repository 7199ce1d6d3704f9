package run

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestProbe_IsMadeOnceWhereNobodyGotIn(t *testing.T) {
	for name, c := range map[string]struct {
		fates nodeFates
		asks  byte // the node that is asked, by its last number; 0: none
	}{
		"all is well":                       {},
		"one node is dead":                  {fates: nodeFates{2: {failing("open.timeout")}}},
		"no port is open":                   {fates: nodeFates{2: {failing("tcp.refused")}, 3: {failing("tcp.timeout")}}},
		"one is open, and silent":           {fates: nodeFates{2: {failing("tcp.refused")}, 3: {failing("open.timeout")}}, asks: 3},
		"both are":                          {fates: nodeFates{2: {failing("open.eof")}, 3: {failing("open.timeout")}}, asks: 2},
		"a login is rejected":               {fates: nodeFates{2: {failing("sasl.rejected")}}, asks: 2},
		"it was heard what speaks there":    {fates: allBut(2, 0, failing("open.http"))},
		"a coordinator that is shut down":   {fates: allBut(2, 0, failing("open.shutting-down"))},
		"certificates are refused":          {fates: allBut(2, 0, fate{refused: true})},
		"statements fail":                   {fates: allBut(2, 0, fate{queryErr: fault{"execute.eof", ""}})},
		"what is offered TLS speaks no TLS": {fates: allBut(2, 0, failing("tls.not-tls")), asks: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked []byte
				s := overNodes(2)
				b := &balancer{coordinators: 3, answer: c.fates.answer}
				r, _ := watched(t.Context(), t, b, s, Options{Probe: func(ctx context.Context, n Node) scenarios.Probe {
					asked = append(asked, n.Addr.Addr().As4()[3])
					if d, ok := ctx.Deadline(); !ok || time.Until(d) > 10*time.Second {
						t.Errorf("it may take until %v", d)
					}
					return scenarios.Probe{Connections: 2, Heard: vocab.HeardHTTP, Text: `"HTTP/1.1 400"`, Hint: scenarios.Fixes{{Why: "another port"}}}
				}})
				if c.asks == 0 && (len(asked) > 0 || r.Probe != nil) || c.asks != 0 && !slices.Equal(asked, []byte{c.asks}) {
					t.Fatalf("asked %v, stopped = %+v", asked, r.Stopped)
				}
				if c.asks == 0 {
					return
				}
				want := "; 2 diagnostic connections afterwards to " + r.Probe.Node.String() + ` met an HTTP server: "HTTP/1.1 400"`
				if !strings.HasSuffix(r.Stopped.Text, want) || r.Stopped.Hint[0].Why != "another port" || r.Probe.Node.Addr().As4()[3] != c.asks {
					t.Errorf("stopped = %+v, probe = %+v", r.Stopped, r.Probe)
				}
			})
		})
	}
}

func TestProbe_DropsWhatItDisproves(t *testing.T) {
	hint := scenarios.Fixes{{Setting: "auth.mechanism", Value: "none"}, {Setting: "tls.enabled", Value: "true"}, {Why: "turn it off at the balancer", Proxy: true}, {Why: "it hangs"}}
	for name, c := range map[string]struct {
		probe scenarios.Probe
		text  string
		fixes int
	}{
		"as configured":        {scenarios.Probe{Connections: 1, Heard: vocab.HeardSASL, AsConfigured: true}, "one diagnostic connection afterwards to 127.0.0.2:21050 met a server that asks for a login (SASL)", 1},
		"nothing":              {scenarios.Probe{Connections: 4}, "4 diagnostic connections afterwards to 127.0.0.2:21050 had no answer", 4},
		"within TLS":           {scenarios.Probe{Connections: 3, Heard: vocab.HeardThrift, TLS: true, AsConfigured: true}, "met a Thrift server without a login within TLS", 1},
		"no connection at all": {scenarios.Probe{}, "of open.timeout", 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &run{s: overNodes(1), opt: Options{Probe: func(context.Context, Node) scenarios.Probe { return c.probe }}}
				r.collect = newCollector(r.s, Options{}.withDefaults(), time.Now(), func() {}, &r.nodes)
				at := scenarios.Scout{Class: fault{"open.timeout", ""}.Class()}
				at.Address = netip.MustParseAddrPort("127.0.0.2:21050")
				r.nodes.Start([]Node{{Addr: at.Address}})
				stop := r.explain(t.Context(), scenarios.Stop{Text: "of open.timeout", Hint: hint}, at)
				if !strings.HasSuffix(stop.Text, c.text) || len(stop.Hint) != c.fixes || len(hint) != 4 {
					t.Errorf("stop = %+v", stop)
				}
			})
		})
	}
}
