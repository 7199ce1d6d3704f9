//go:build linux

package main

import (
	"context"
	"slices"
)

// hiveWayPort is HAProxy's port in front of a HiveServer2.
const hiveWayPort = 31033

// hiveWay is a way into Apache Hive's own HiveServer2.
type hiveWay struct {
	way
	name     string
	settings []string
	asksLDAP bool // the server asks the LDAP directory
	how      impylaHow
	full     bool
}

func hiveWays() []hiveWay {
	return []hiveWay{
		{name: "nosasl", settings: []string{"hive.server2.authentication=NOSASL"}, how: plainHow("NOSASL", ""), full: true},
		{name: "ldap", way: way{password: true}, settings: ldapSettings, asksLDAP: true,
			how: impylaHow{"auth_mechanism": "PLAIN", "user": ldapUser, "password": ldapPassword}},
	}
}

// hiveProofs use our client with Apache Hive's HiveServer2.
func hiveProofs(l *lab) []proof {
	var all []proof
	for _, w := range hiveWays() {
		all = append(all, proof{name: "hive." + w.name, full: w.full, prepare: func() { l.hive() }, run: func(ctx context.Context) (evidence, error) {
			return l.proveHive(ctx, w)
		}})
	}
	return all
}

// proveHive runs 10 sessions through HAProxy.
func (l *lab) proveHive(ctx context.Context, w hiveWay) (evidence, error) {
	if w.asksLDAP {
		if err := l.slapd(); err != nil {
			return evidence{}, err
		}
	}
	p, err := l.startHive(ctx, "hive-"+w.name, w.settings, func(ctx context.Context) (string, error) {
		return l.askImpyla(ctx, hiveHost, hivePort, sparkIdentity, w.how)
	})
	if err != nil {
		return evidence{}, err
	}
	defer p.stop()
	h, err := l.startHAProxy(ctx, "haproxy-hive-"+w.name, []listener{
		{name: "hive", bind: bothNodes(hiveWayPort), options: []string{roundRobinLine}, servers: []string{hiveAddress()}},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	flags, err := l.flags(w.way)
	if err != nil {
		return evidence{}, err
	}
	names := []string{hiveName}
	c := balanceCase{
		listener: "hive", expect: names, sessions: 10, shares: []int{10},
		args: slices.Concat([]string{"--identity-query", sparkIdentity, "--concurrency", "1", "--timeout", "30s"}, flags),
	}
	return c.prove(ctx, l, "hive."+w.name, h, names)
}
