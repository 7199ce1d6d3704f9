//go:build linux

package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// listener is a listener of a balancer: a proxy with its own counters.
type listener struct {
	name    string
	bind    string   // address:port, or several with commas between them, then options
	options []string // configuration lines
	accept  []string // configuration lines of the clients' side, where the balancer sets them apart
	servers []string // address:port, then options; named c1, c2, ... in this order
}

// addresses returns the addresses for clients.
func (l listener) addresses() []string { return strings.Split(strings.Fields(l.bind)[0], ",") }

// address returns the first address for clients.
func (l listener) address() string { return l.addresses()[0] }

// haproxy is a running HAProxy.
type haproxy struct {
	socket    string
	listeners []listener
	proc      *process
}

const haproxyHead = `global
  maxconn 4000
  stats socket %s mode 600 level admin expose-fd listeners
%sdefaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  # Weight 100: a percentage of weight 1 would be rounded down to 0.
  default-server check inter 500ms fall 2 rise 2 weight 100
`

// startHAProxy starts a HAProxy with listeners.
func (l *lab) startHAProxy(ctx context.Context, name string, listeners []listener) (*haproxy, error) {
	return l.startHAProxyWith(ctx, name, nil, "", listeners)
}

// startHAProxyWith is startHAProxy with further arguments and lines of the section
// "global".
func (l *lab) startHAProxyWith(ctx context.Context, name string, args []string, global string, listeners []listener) (*haproxy, error) {
	if err := l.packages(); err != nil {
		return nil, err
	}
	for _, in := range listeners {
		if err := requireFree(in.addresses()); err != nil {
			return nil, fmt.Errorf("listener %s: %w", in.name, err)
		}
	}
	h := &haproxy{socket: l.file("run", name+".sock"), listeners: listeners}
	var conf strings.Builder
	fmt.Fprintf(&conf, haproxyHead, h.socket, global)
	for _, in := range listeners {
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n", in.name, in.bind)
		for _, option := range in.options {
			fmt.Fprintf(&conf, "  %s\n", option)
		}
		for i, server := range in.servers {
			fmt.Fprintf(&conf, "  server c%d %s\n", i+1, server)
		}
	}
	path := l.file("run", name+".cfg")
	err := os.WriteFile(path, []byte(conf.String()), 0o644)
	if err != nil {
		return nil, err
	}
	h.proc, err = l.procs.start(name, exec.Command("haproxy", append([]string{"-db", "-f", path}, args...)...), nil)
	if err != nil {
		return nil, err
	}
	return h, h.proc.await(ctx, 10*time.Second, func(ctx context.Context) error {
		_, err := h.command(ctx, "show info")
		return err
	})
}

// requireFree fails where something listens on one of the addresses already. HAProxy and
// Envoy would share it with others that, like them, set SO_REUSEPORT, and each would get a
// part of the connections.
func requireFree(addresses []string) error {
	for _, address := range addresses {
		in, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		in.Close()
	}
	return nil
}

// find returns the address of a listener.
func (h *haproxy) find(name string) (string, error) { return findListener(h.listeners, name) }

func findListener(listeners []listener, name string) (string, error) {
	for _, l := range listeners {
		if l.name == name {
			return l.address(), nil
		}
	}
	return "", fmt.Errorf("no listener %q", name)
}

// command runs a command on the admin socket, which takes one per connection.
func (h *haproxy) command(ctx context.Context, line string) (string, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", h.socket)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	b, err := io.ReadAll(c)
	return string(b), err
}

// set sets the state of a server of a listener: ready, drain or maint.
func (h *haproxy) set(ctx context.Context, listener, server, state string) error {
	output, err := h.command(ctx, fmt.Sprintf("set server %s/%s state %s", listener, server, state))
	if err == nil && strings.TrimSpace(output) != "" {
		err = errors.New(strings.TrimSpace(output))
	}
	return err
}

// count returns the number of sessions of each server of a listener since HAProxy
// started, without health checks.
func (h *haproxy) count(ctx context.Context, listener string) (map[string]int, error) {
	return h.stat(ctx, listener, "stot")
}

// openSessions returns the number of open sessions of a listener's servers.
func (h *haproxy) openSessions(ctx context.Context, listener string) (int, error) {
	return h.sum(ctx, listener, "scur")
}

// total returns the number of sessions that a listener's servers have had since HAProxy
// started.
func (h *haproxy) total(ctx context.Context, listener string) (int, error) {
	return h.sum(ctx, listener, "stot")
}

// sum adds up a statistic of a listener's servers.
func (h *haproxy) sum(ctx context.Context, listener, name string) (int, error) {
	each, err := h.stat(ctx, listener, name)
	sum := 0
	for _, n := range each {
		sum += n
	}
	return sum, err
}

// connections returns what all listeners have counted since HAProxy started.
func (h *haproxy) connections(ctx context.Context) (connections, error) {
	counted := connections{servers: map[string]int{}}
	table, err := h.showStat(ctx)
	if err != nil {
		return counted, err
	}
	for _, in := range h.listeners {
		accepted, err := table.numbers(in.name, "conn_tot")
		if err != nil {
			return counted, err
		}
		counted.accepted += accepted["FRONTEND"]
		sessions, err := table.numbers(in.name, "stot")
		if err != nil {
			return counted, err
		}
		for i, server := range in.servers {
			counted.servers[strings.Fields(server)[0]] += sessions[fmt.Sprintf("c%d", i+1)]
		}
	}
	return counted, nil
}

// stat returns a column of "show stat" for each server of a listener.
func (h *haproxy) stat(ctx context.Context, listener, name string) (map[string]int, error) {
	table, err := h.showStat(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := table.numbers(listener, name)
	delete(sessions, "FRONTEND")
	delete(sessions, "BACKEND")
	return sessions, err
}

// statTable has the rows of "show stat" by the names of the columns.
type statTable []map[string]string

// numbers returns a column for the rows of a listener that have it: FRONTEND, BACKEND
// and its servers.
func (t statTable) numbers(listener, name string) (map[string]int, error) {
	numbers := map[string]int{}
	for _, row := range t {
		if row["pxname"] != listener || row[name] == "" {
			continue
		}
		n, err := strconv.Atoi(row[name])
		if err != nil {
			return nil, fmt.Errorf("show stat, %s/%s: %w", listener, row["svname"], err)
		}
		numbers[row["svname"]] = n
	}
	return numbers, nil
}

func (h *haproxy) showStat(ctx context.Context) (statTable, error) {
	text, err := h.command(ctx, "show stat")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "# "))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("show stat: %w", err)
	}
	var table statTable
	for _, row := range rows[1:] {
		named := map[string]string{}
		for i, title := range rows[0] {
			named[title] = row[i]
		}
		table = append(table, named)
	}
	return table, nil
}
