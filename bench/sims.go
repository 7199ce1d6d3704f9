//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

// clusterPorts are the first of three ports of each coordinator: HS2, Beeswax and HS2
// over HTTP. Like all ports here they are below 32768, the start of Linux's range of
// ports for clients, and not used by interop.
var clusterPorts = map[cluster]int{
	{login: false, tls: false}: 21450,
	{login: false, tls: true}:  21460,
	{login: true, tls: false}:  21470,
	{login: true, tls: true}:   21480,
}

// Ports of HAProxy in front of the clusters without a login.
const (
	balancePort = 22050
	balanceTLS  = 22060 // TLS is passed through
)

// The number of coordinators, and of the service threads of each, which is more than
// any measurement needs.
const (
	coordinatorCount      = 4
	threadsPerCoordinator = 20000
)

// startSims starts the simulated clusters.
func (l *lab) startSims(context.Context) error {
	for c := range clusterPorts {
		if err := l.startSim(c); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) startSim(c cluster) error {
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	s, err := l.start("sim-"+c.name(), in, l.simCommand(c)...)
	_ = in.Close()
	if err != nil {
		_ = out.Close()
		return err
	}
	l.sims[c] = s
	const protocols = 3
	lines, listeners := bufio.NewScanner(out), 0
	for listeners < protocols*coordinatorCount && lines.Scan() {
		listeners++
	}
	go func() { // so that more output does not block it
		_, _ = io.Copy(io.Discard, out)
		_ = out.Close()
	}()
	if listeners < protocols*coordinatorCount {
		return fmt.Errorf("%s did not start: see %s", s.name, l.file(s.name+".log"))
	}
	return nil
}

// simCommand returns the command line of a cluster.
func (l *lab) simCommand(c cluster) []string {
	port := clusterPorts[c]
	argv := []string{l.file("impala-lbcheck"), "sim", "--direct", "--coordinators", strconv.Itoa(coordinatorCount),
		"--hs2-port", strconv.Itoa(port), "--beeswax-port", strconv.Itoa(port + 1), "--hs2-http-port", strconv.Itoa(port + 2),
		"--fault", "threads=" + strconv.Itoa(threadsPerCoordinator)}
	if c.tls {
		argv = append(argv, "--tls", "--ca-out", l.ca(c))
	}
	if c.login {
		argv = append(argv, "--auth", "ldap+kerberos", "--user", userName, "--password-file", l.passwordFile(), "--keytab", l.serviceKeytab())
	}
	return argv
}

// ca returns the CA file of a cluster with TLS.
func (l *lab) ca(c cluster) string { return l.file("ca-" + c.name() + ".pem") }

// addrs returns the addresses for clients.
func (l *lab) addrs(path string, w way) []string {
	if path == pathHAProxy {
		port := balancePort
		if w.TLS {
			port = balanceTLS
		}
		return []string{net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	}
	port := clusterPorts[w.cluster()]
	if w.HTTP {
		port += 2
	}
	var out []string
	for i := range coordinatorCount {
		out = append(out, net.JoinHostPort("127.0.0."+strconv.Itoa(2+i), strconv.Itoa(port)))
	}
	return out
}
