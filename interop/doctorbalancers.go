//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Ports of the balancers that are configured wrongly, one per mismatch and product.
const (
	doctorHAProxyPort = 23000
	doctorNginxPort   = 23100
)

// doctorAddress returns the address for clients of listener number i.
func doctorAddress(base, i int) string { return nodeOne + ":" + strconv.Itoa(base+i) }

// places fills the names in a configuration with the addresses and files of this run.
func (l *lab) places(ctx context.Context) (*strings.Replacer, error) {
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	plain, err := l.plainCluster()
	if err != nil {
		return nil, err
	}
	hung, err := l.hungCluster()
	if err != nil {
		return nil, err
	}
	login, err := l.loginWays()
	if err != nil {
		return nil, err
	}
	open, err := l.openWays()
	if err != nil {
		return nil, err
	}
	slow, err := l.startSim(ctx, "slow", slowPort, 2, "--direct", "--coordinators", "1", "--fault", "slow=30s")
	if err != nil {
		return nil, err
	}
	return strings.NewReplacer(
		"{slow}", slow.addresses()[0], "{open-http}", open.listeners("hs2-http")[0],
		"{plain}", plain.addresses()[0], "{hung}", hung.addresses()[1], "{dead}", "127.0.1.1:23999",
		"{login-http}", login.listeners("hs2-http")[0],
		"{good}", certs.good, "{other}", certs.otherIssuer, "{no-chain}", certs.noChain, "{expired}", certs.expiredCA,
		"{root}", certs.root, "{unrelated}", certs.unrelatedRoot,
	), nil
}

// startDoctorHAProxy starts a HAProxy with a listener for each mismatch that has one.
func (l *lab) startDoctorHAProxy(ctx context.Context) error {
	fill, err := l.balancerPlaces()
	if err != nil {
		return err
	}
	var listeners []listener
	for i, c := range doctorCases {
		if len(c.haproxy) == 0 {
			continue
		}
		in := listener{name: fmt.Sprintf("case-%d", i), bind: doctorAddress(doctorHAProxyPort, i)}
		for _, line := range c.haproxy {
			line = fill.Replace(line)
			if rest, ok := strings.CutPrefix(line, "bind "); ok {
				in.bind += " " + rest
			} else if rest, ok := strings.CutPrefix(line, "server "); ok {
				in.servers = append(in.servers, rest)
			} else {
				in.options = append(in.options, line)
			}
		}
		listeners = append(listeners, in)
	}
	_, err = l.startHAProxy(ctx, "haproxy-doctor", listeners)
	return err
}

const doctorNginxHead = `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
worker_processes 1;
pid %[1]s.pid;
error_log %[1]s.error.log;
events { worker_connections 256; }
`

// startDoctorNginx starts an nginx with a server for each mismatch that has one.
func (l *lab) startDoctorNginx(ctx context.Context) error {
	fill, err := l.balancerPlaces()
	if err != nil {
		return err
	}
	streams, http := &strings.Builder{}, &strings.Builder{}
	for i, c := range doctorCases {
		to := streams
		if c.http {
			to = http
		}
		if c.nginx != "" {
			address, lines, _ := strings.Cut(fill.Replace(c.nginx), ";") // the first statement belongs to listen
			fmt.Fprintf(to, "  server { listen %s%s;%s }\n", doctorAddress(doctorNginxPort, i), address, lines)
		}
	}
	base := l.file("run", "nginx-doctor")
	conf := fmt.Sprintf(doctorNginxHead, base) +
		"stream {\n  proxy_connect_timeout 2s;\n" + streams.String() + "}\nhttp {\n  access_log off;\n  client_body_temp_path " + base + ".body;\n  proxy_temp_path " + base + ".proxy;\n" +
		"  fastcgi_temp_path " + base + ".fastcgi;\n  uwsgi_temp_path " + base + ".uwsgi;\n  scgi_temp_path " + base + ".scgi;\n" + http.String() + "}\n"
	if err := os.WriteFile(base+".conf", []byte(conf), 0o644); err != nil {
		return err
	}
	os.Remove(base + ".pid")
	p, err := l.procs.start("nginx-doctor", exec.Command("nginx", "-c", base+".conf", "-e", base+".error.log"), nil)
	if err != nil {
		return err
	}
	return p.await(ctx, 10*time.Second, func(context.Context) error {
		_, err := os.Stat(base + ".pid")
		return err
	})
}
