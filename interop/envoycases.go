//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
)

// envoyCase is a run of smoke through Envoy.
type envoyCase struct {
	config envoyConfig
	flags  []string
	verdictCase
}

// envoyCases are Envoy's policies and its circuit breaker. With least_request the less
// loaded of two random servers wins; without load that is random. With a hash of the
// client's address, Maglev is what "source" declares.
var envoyCases = []envoyCase{
	{config: envoyConfig{policy: "LEAST_REQUEST"}, verdictCase: verdictCase{
		name: "envoy.least-request", statuses: balancedNode, lastLine: []string{"PASS"}}},
	{config: envoyConfig{policy: "LEAST_REQUEST"}, flags: []string{"--policy", "leastconn"}, verdictCase: verdictCase{
		name: "envoy.least-request.declared", statuses: map[string]string{"errors.rate": "pass", "balance.coverage": "pass"}, lastLine: []string{"PASS"}}},
	{config: envoyConfig{policy: "MAGLEV"}, verdictCase: verdictCase{
		name: "envoy.maglev", statuses: balancedNode, lastLine: []string{"PASS"}}},
	{config: envoyConfig{policy: "MAGLEV", bySource: true}, verdictCase: verdictCase{
		name: "envoy.maglev.source", want: expectation{exit: 1, failed: []string{"balance.coverage"}}, lastLine: []string{"FAIL"}, check: expectOneCoordinator}},
	{config: envoyConfig{policy: "MAGLEV", bySource: true}, flags: []string{"--policy", "source"}, verdictCase: verdictCase{
		name: "envoy.maglev.source.declared", statuses: map[string]string{"errors.rate": "pass", "balance.order": "pass"}, lastLine: []string{"PASS"}, check: expectOneCoordinator}},
	{config: envoyConfig{policy: "MAGLEV", bySource: true}, flags: slices.Concat([]string{"--policy", "source"}, localAddresses(24)), verdictCase: verdictCase{
		name: "envoy.maglev.source.addresses", statuses: map[string]string{"errors.rate": "pass", "balance.order": "pass", "balance.coverage": "pass"}, lastLine: []string{"PASS"}}},
	{config: envoyConfig{policy: "ROUND_ROBIN", maxConnect: connectionLimit}, verdictCase: verdictCase{
		name: "envoy.circuit-breaker", want: expectation{exit: 1, failed: []string{"errors.rate"}}, statuses: map[string]string{"balance.coverage": "pass"},
		says: map[string]string{"errors.rate": "limit"}, lastLine: []string{"FAIL", "limit"}}},
}

// balancedNode are the findings of a healthy balancer of one node.
var balancedNode = map[string]string{"errors.rate": "pass", "balance.coverage": "pass", "balance.imbalance": "pass", "balance.order": "pass"}

// localAddresses returns flags that dial from n addresses of this machine.
func localAddresses(n int) []string {
	var flags []string
	for i := range n {
		flags = append(flags, "--local-address", fmt.Sprintf("127.0.3.%d", i+1))
	}
	return flags
}

// envoyProofs use our client through Envoy.
func envoyProofs(l *lab) []proof {
	var all []proof
	for _, c := range envoyCases {
		all = append(all, proof{name: c.name, prepare: func() { l.envoyVenv() }, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

func (e envoyCase) prove(ctx context.Context, l *lab) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	balancer, err := l.startEnvoy(ctx, e.name, e.config, c.addresses())
	if err != nil {
		return evidence{}, err
	}
	defer balancer.proc.stop()
	e.args = slices.Concat(expecting(c.names()), e.flags, []string{balancer.address})
	e.counted, e.cluster = balancer.connections, c
	return e.verdictCase.prove(ctx, l)
}
