//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// nginx is a running nginx that balances TCP streams. Its access log has the counts.
type nginx struct {
	log       string
	listeners []listener
	servers   []string // addresses of c1, c2, ...
}

const nginxHead = `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
worker_processes 2;
pid %[1]s.pid;
error_log %[1]s.error.log;
events { worker_connections 4096; }
stream {
  log_format servers '$server_port $upstream_addr';
  access_log %[2]s servers;
  limit_conn_zone $binary_remote_addr zone=clients:64k;
  proxy_connect_timeout 2s;
  proxy_timeout 60s;
`

// startNginx starts nginx in front of the plain coordinators.
func (l *lab) startNginx(ctx context.Context) (*nginx, error) {
	c, err := l.plainCluster()
	if err != nil {
		return nil, err
	}
	if err := l.packages(); err != nil {
		return nil, err
	}
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	n := &nginx{log: l.file("run", "nginx.access.log"), servers: c.addresses(), listeners: []listener{
		{name: "round-robin", bind: "127.0.0.1:31101"},
		{name: "weights", bind: "127.0.0.1:31102"},
		{name: "leastconn", bind: "127.0.0.1:31103", options: []string{"least_conn"}},
		{name: "source", bind: "127.0.0.1:31104", options: []string{"hash $remote_addr consistent"}},
		{name: "random", bind: "127.0.0.1:31105", options: []string{"random"}},
		{name: "tls", bind: "127.0.0.1:31106 ssl"},
		{name: "limit", bind: "127.0.0.1:31107", accept: []string{fmt.Sprintf("limit_conn clients %d", connectionLimit)}},
	}}
	for i := range n.listeners {
		n.listeners[i].servers = n.servers
	}
	n.listeners[1].servers = weighted(n.servers, " weight=")
	if err := os.WriteFile(n.log, nil, 0o644); err != nil { // counts start at 0
		return nil, err
	}
	path := l.file("run", "nginx.conf")
	if err := os.WriteFile(path, []byte(n.conf(l.file("run", "nginx"), certs)), 0o644); err != nil {
		return nil, err
	}
	p, err := l.procs.start("nginx", exec.Command("nginx", "-c", path, "-e", l.file("run", "nginx.error.log")), nil)
	if err != nil {
		return nil, err
	}
	return n, p.await(ctx, 10*time.Second, func(_ context.Context) error {
		_, err := os.Stat(l.file("run", "nginx.pid")) // written once the listeners are bound
		return err
	})
}

// conf returns the configuration. The upstreams have a zone; without one, each
// worker would balance separately.
func (n *nginx) conf(base string, certs pki) string {
	var b strings.Builder
	fmt.Fprintf(&b, nginxHead, base, n.log)
	for _, in := range n.listeners {
		fmt.Fprintf(&b, "  upstream %[1]s {\n    zone %[1]s 64k;\n", in.name)
		for _, line := range append(in.options, withPrefix("server ", in.servers)...) {
			fmt.Fprintf(&b, "    %s;\n", line)
		}
		fmt.Fprintf(&b, "  }\n  server { listen %s; proxy_pass %s;", in.bind, in.name)
		if strings.HasSuffix(in.bind, " ssl") {
			fmt.Fprintf(&b, " ssl_certificate %s; ssl_certificate_key %s;", certs.chain, certs.chainKey)
		}
		for _, line := range in.accept {
			fmt.Fprintf(&b, " %s;", line)
		}
		b.WriteString(" }\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func withPrefix(with string, words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, with+w)
	}
	return out
}

// find returns the address of a listener.
func (n *nginx) find(name string) (string, error) { return findListener(n.listeners, name) }

// count returns the number of connections of each server of a listener since nginx
// started.
func (n *nginx) count(_ context.Context, listener string) (map[string]int, error) {
	upstreams, err := n.logged(listener)
	if err != nil {
		return nil, err
	}
	sessions := map[string]int{}
	for i, server := range n.servers {
		sessions[fmt.Sprintf("c%d", i+1)] = upstreams[server]
	}
	return sessions, nil
}

// connections returns what a listener has counted since nginx started.
func (n *nginx) connections(listener string) (connections, error) {
	counted := connections{servers: map[string]int{}}
	upstreams, err := n.logged(listener)
	for upstream, lines := range upstreams { // "-" if a limit rejected it
		counted.accepted += lines
		counted.servers[upstream] += lines
	}
	return counted, err
}

// logged counts the lines of a listener in nginx's log by their upstream. There is a
// line for each closed connection.
func (n *nginx) logged(listener string) (map[string]int, error) {
	address, err := n.find(listener)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(n.log)
	if err != nil {
		return nil, err
	}
	upstreams := map[string]int{}
	for line := range strings.Lines(string(b)) {
		if of, upstream, _ := strings.Cut(strings.TrimSpace(line), " "); of == port {
			upstreams[upstream]++
		}
	}
	return upstreams, nil
}
