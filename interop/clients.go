//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// simNode is the address of a simulated balancer's only node.
const simNode = "127.0.0.2"

// The user of the cluster with authentication.
const (
	ldapUser     = "alice"
	ldapPassword = "correct horse"
)

// clientTimeout limits a client's query.
const clientTimeout = 30 * time.Second

const queriesPerClient = 3

// clientCase is a client that is not ours and queries a simulated cluster.
type clientCase struct {
	name         string
	cluster      func() (*cluster, error)
	argv         func(c *cluster) ([]string, error) // the command line that prints the pid
	rejectedArgv func(c *cluster) ([]string, error) // a command line that must fail; nil: none
	words        []string                           // what it prints besides, after the pid's line; nil: nothing
	runs         int                                // 0: queriesPerClient
	full         bool                               // only in the full run
}

// clientProofs use clients that are not ours. Each must print exactly one integer,
// the pid of a coordinator of the simulated cluster.
func clientProofs(l *lab) []proof {
	hs2 := func(c *cluster) string { return c.listeners("hs2")[0] }
	venv := func() { go l.shell(); go l.impyla(); go l.gohive(); go l.sparkVenv() }

	var all []proof
	for _, c := range []clientCase{
		{name: "client.impala-shell.hs2", cluster: l.openCluster, argv: func(c *cluster) ([]string, error) {
			return l.impalaShell("--protocol=hs2", "-i", hs2(c))
		}, rejectedArgv: nil},
		{name: "client.impala-shell.beeswax", cluster: l.openCluster, argv: func(c *cluster) ([]string, error) {
			return l.impalaShell("--protocol=beeswax", "-i", c.listeners("beeswax")[0])
		}, rejectedArgv: nil},
		{name: "client.impala-shell.tls", cluster: l.tlsCluster, argv: func(c *cluster) ([]string, error) {
			return l.impalaShell("--protocol=hs2", "--ssl", "--ca_cert="+c.ca, "-i", withHostName(hs2(c)))
		}, rejectedArgv: func(c *cluster) ([]string, error) {
			certs, err := l.pki()
			if err != nil {
				return nil, err
			}
			return l.impalaShell("--protocol=hs2", "--ssl", "--ca_cert="+certs.unrelatedRoot, "-i", withHostName(hs2(c)))
		}},
		{name: "client.impala-shell.ldap-tls", cluster: l.loginCluster, argv: func(c *cluster) ([]string, error) {
			return l.impalaShell("--protocol=hs2", "--ssl", "--ca_cert="+c.ca, "-i", withHostName(hs2(c)),
				"-l", "-u", ldapUser, "--ldap_password_cmd=printf '"+ldapPassword+"'")
		}, rejectedArgv: func(c *cluster) ([]string, error) {
			return l.impalaShell("--protocol=hs2", "--ssl", "--ca_cert="+c.ca, "-i", withHostName(hs2(c)),
				"-l", "-u", ldapUser, "--ldap_password_cmd=printf wrong")
		}},
		{name: "client.impyla", cluster: l.openCluster, argv: func(c *cluster) ([]string, error) {
			return l.impylaArgs(simNode, portOf(hs2(c)), "select pid()", plainHow("NOSASL", ""))
		}, rejectedArgv: nil},
		{name: "client.gohive", cluster: l.openCluster, argv: func(c *cluster) ([]string, error) {
			bin, err := l.gohive()
			return []string{bin, simNode, portOf(hs2(c)), "select pid()"}, err
		}, rejectedArgv: nil},
		{name: "client.beeline", cluster: l.openCluster, argv: func(c *cluster) ([]string, error) {
			dir, err := l.sparkVenv()
			return []string{"bash", "-c", beelineScript, dir, "jdbc:hive2://" + hs2(c) + "/;auth=noSasl"}, err
		}, rejectedArgv: nil},
	} {
		all = append(all, proof{name: c.name, prepare: venv, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

// beelineScript queries with the beeline and hive-jdbc of Spark; $0 is the virtual
// environment, $1 the URL. Without a terminal beeline prints its prompt before the
// output.
const beelineScript = `set -o pipefail
"$0"/lib/python3.*/site-packages/pyspark/bin/beeline -u "$1" -n interop --silent=true --showHeader=false \
  --outputformat=tsv2 -e 'select pid()' </dev/null | sed 's#^0: jdbc:hive2://[^>]*> ##'`

// impalaShell returns the command line of impala-shell that queries the pid.
func (l *lab) impalaShell(flags ...string) ([]string, error) {
	dir, err := l.shell()
	return append(append([]string{dir + "/bin/impala-shell"}, flags...), "-B", "--quiet", "-q", "select pid()"), err
}

// withHostName replaces the IP address by the name in the certificates.
func withHostName(address string) string { return net.JoinHostPort(simName, portOf(address)) }

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// startLogin starts the cluster with authentication.
func (l *lab) startLogin(ctx context.Context) (*cluster, error) {
	password := l.file("run", "password")
	if err := os.WriteFile(password, []byte(ldapPassword+"\n"), 0o600); err != nil {
		return nil, err
	}
	return l.startClientSim(ctx, "login", clientPort+4, "--auth", "ldap", "--user", ldapUser, "--password-file", password, "--tls")
}

// startClientSim starts a cluster with one node and a CA file.
func (l *lab) startClientSim(ctx context.Context, name string, port int, flags ...string) (*cluster, error) {
	if err := l.hosts(); err != nil {
		return nil, err
	}
	ca := l.file("pki", name+"-ca.pem")
	c, err := l.startSim(ctx, name, port, 2, append(flags, "--nodes", "1", "--coordinators", "3", "--balance", "round-robin", "--ca-out", ca)...)
	if err != nil {
		return nil, err
	}
	c.ca = ca
	for _, line := range c.lines {
		if host, _, _ := net.SplitHostPort(line.Address); host != simNode {
			return nil, fmt.Errorf("the simulated node is %s, not %s", host, simNode)
		}
	}
	return c, nil
}

// prove runs the client, checks its output, and that it fails with the wrong CA or
// password.
func (c clientCase) prove(ctx context.Context, l *lab) (evidence, error) {
	cluster, err := c.cluster()
	if err != nil {
		return evidence{}, err
	}
	argv, err := c.argv(cluster)
	if err != nil {
		return evidence{}, err
	}
	env := []string{"HOME=" + l.file("run")} // impala-shell writes a history
	e := evidence{tally: map[string]int{}}
	var pids []string
	for range cmp.Or(c.runs, queriesPerClient) {
		a, err := runCommand(ctx, clientTimeout, env, argv...)
		if err != nil {
			return e, err
		}
		if err := c.cutWords(&a); err != nil {
			return e, err
		}
		pid, owner, err := cluster.parsePID(a)
		if err != nil {
			return e, err
		}
		pids = append(pids, strconv.Itoa(pid))
		e.tally[owner]++
	}
	e.numbers = fmt.Sprintf("pids %s, each of a simulated coordinator", strings.Join(pids, ", "))
	if c.rejectedArgv == nil {
		return e, nil
	}
	argv, err = c.rejectedArgv(cluster)
	if err != nil {
		return e, err
	}
	a, err := runCommand(ctx, clientTimeout, env, argv...)
	if err == nil && (a.code == 0 || len(strings.TrimSpace(string(a.stdout))) > 0) {
		err = errors.New("the wrong CA or login was accepted, so the case proves nothing")
	}
	e.numbers += "; the wrong CA or login was rejected"
	return e, err
}

// cutWords checks what a client printed after the pid's line and removes it.
func (c clientCase) cutWords(a *commandResult) error {
	if c.words == nil {
		return nil
	}
	first, rest, _ := bytes.Cut(a.stdout, []byte("\n"))
	for _, word := range c.words {
		if !bytes.Contains(rest, []byte(word)) {
			return fmt.Errorf("exit %d, %q is not in what was printed after the pid: %s", a.code, word, tail(append(rest, a.stderr...)))
		}
	}
	a.stdout = first
	return nil
}

// parsePID checks that a client printed exactly one integer, the pid of a
// coordinator.
func (c *cluster) parsePID(a commandResult) (pid int, owner string, err error) {
	printed := strings.TrimSpace(string(a.stdout))
	pid, err = strconv.Atoi(printed)
	if err != nil || a.code != 0 {
		return 0, "", fmt.Errorf("exit %d, printed %q, not one integer: %s", a.code, shorten(printed), tail(a.stderr))
	}
	owner, ok := c.owner(pid)
	if !ok {
		return 0, "", fmt.Errorf("printed %d, which is not the pid of a coordinator: %v", pid, c.lines[0].PIDs)
	}
	return pid, owner, nil
}
