//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
)

// Ports, all below 32768, the start of Linux's range of ports for clients, and not
// used by interop.
const (
	plainPort   = 21450 // of each coordinator; Beeswax on the next port
	securePort  = 21460 // of each coordinator with TLS
	balancePort = 22050 // of HAProxy in front of the plain coordinators
	balanceTLS  = 22060 // of HAProxy in front of the coordinators with TLS, which it passes through
)

// The number of coordinators, and of the service threads of each, which is more than
// any measurement needs.
const (
	coordinatorCount      = 4
	threadsPerCoordinator = 20000
)

// lab has the servers for the clients.
type lab struct {
	work          string // directory of configurations, programs and virtual environments
	self          string // this program
	python        map[string]string
	servers       []*server
	sims          map[bool]*server // by TLS
	haproxyServer *server
}

// server is a process of the lab.
type server struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
}

// openLab installs what is missing and starts the simulated clusters and HAProxy.
func openLab(ctx context.Context) (*lab, error) {
	work, err := filepath.Abs(".work")
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &lab{work: work, self: self, sims: map[bool]*server{}}
	for _, step := range []func(context.Context) error{l.install, l.startSims, l.startHAProxy} {
		if err := step(ctx); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *lab) file(name string) string { return filepath.Join(l.work, name) }

// ca returns the CA file of the cluster with TLS.
func (l *lab) ca() string { return l.file("ca.pem") }

// start starts a server that runs until the lab is closed.
func (l *lab) start(name string, out io.Writer, argv ...string) (*server, error) {
	log, err := os.Create(l.file(name + ".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = out, log
	if out == nil {
		cmd.Stdout = log
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{name: name, cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		_ = cmd.Wait() // the error is in its log
	}()
	l.servers = append(l.servers, s)
	return s, nil
}

// close stops every server, the last one first.
func (l *lab) close() {
	for i := len(l.servers) - 1; i >= 0; i-- {
		s := l.servers[i]
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.ended:
		case <-time.After(8 * time.Second):
			_ = s.cmd.Process.Kill()
			<-s.ended
		}
	}
}

// startSims starts the simulated cluster twice, without TLS and with it.
func (l *lab) startSims(ctx context.Context) error {
	for tls, port := range map[bool]int{false: plainPort, true: securePort} {
		argv := []string{l.file("impala-lbcheck"), "sim", "--direct", "--coordinators", strconv.Itoa(coordinatorCount),
			"--hs2-port", strconv.Itoa(port), "--beeswax-port", strconv.Itoa(port + 1), "--fault", "threads=" + strconv.Itoa(threadsPerCoordinator)}
		if tls {
			argv = append(argv, "--tls", "--ca-out", l.ca())
		}
		out, in, err := os.Pipe()
		if err != nil {
			return err
		}
		s, err := l.start("sim-"+security(tls), in, argv...)
		_ = in.Close()
		if err != nil {
			return err
		}
		l.sims[tls] = s
		lines, listeners := bufio.NewScanner(out), 0
		for listeners < 2*coordinatorCount && lines.Scan() {
			listeners++
		}
		if listeners < 2*coordinatorCount {
			return fmt.Errorf("%s did not start: see %s", s.name, l.file(s.name+".log"))
		}
		go func() { // so that more output does not block it
			_, _ = io.Copy(io.Discard, out)
			_ = out.Close()
		}()
	}
	return nil
}

// addrs returns the addresses for clients.
func (l *lab) addrs(path string, tls bool) []string {
	ports := map[bool]int{false: plainPort, true: securePort}
	if path == pathHAProxy {
		ports = map[bool]int{false: balancePort, true: balanceTLS}
		return []string{net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[tls]))}
	}
	var out []string
	for i := range coordinatorCount {
		out = append(out, net.JoinHostPort("127.0.0."+strconv.Itoa(2+i), strconv.Itoa(ports[tls])))
	}
	return out
}

const haproxyHead = `global
  maxconn 8000
defaults
  mode tcp
  balance roundrobin
  timeout connect 5s
  timeout client 120s
  timeout server 120s
`

// startHAProxy starts a HAProxy in front of both clusters.
func (l *lab) startHAProxy(ctx context.Context) error {
	var conf strings.Builder
	conf.WriteString(haproxyHead)
	for _, tls := range []bool{false, true} {
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n", security(tls), l.addrs(pathHAProxy, tls)[0])
		for i, addr := range l.addrs(pathDirect, tls) {
			fmt.Fprintf(&conf, "  server c%d %s\n", i+1, addr)
		}
	}
	path := l.file("haproxy.cfg")
	if err := os.WriteFile(path, []byte(conf.String()), 0o644); err != nil {
		return err
	}
	s, err := l.start("haproxy", nil, haproxyBin, "-db", "-f", path)
	if err != nil {
		return err
	}
	l.haproxyServer = s
	for range 50 {
		conn, err := net.DialTimeout("tcp", l.addrs(pathHAProxy, true)[0], time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.ended:
			return fmt.Errorf("haproxy ended: see %s", l.file("haproxy.log"))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("haproxy does not listen")
}

// machine describes the machine and the software versions.
func (l *lab) machine(ctx context.Context) map[string]string {
	m := map[string]string{"go": goVersion(), "cores": cores(), "impyla": pyImpyla, "impala-shell": pyImpala}
	for name, argv := range map[string][]string{"haproxy": {haproxyBin, "-v"}, "kernel": {"uname", "-sr"}, "python": {debian.Python, "--version"}} {
		if b, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output(); err == nil {
			first, _, _ := strings.Cut(string(b), "\n")
			m[name] = first
		}
	}
	return m
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}
