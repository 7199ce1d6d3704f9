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

// Ports, all below 32768, where Linux begins to hand out ports to clients, and
// none of them one of interop's.
const (
	plainPort   = 21450 // of each coordinator; Beeswax one above
	securePort  = 21460
	balancePort = 22050 // HAProxy's, before the plain ones
	balanceTLS  = 22060 // HAProxy's, before those that speak TLS: it passes TLS through
)

// coordinators is how many there are, and threads is how many sessions each of
// them serves at once: more than any test has.
const (
	coordinators = 4
	threads      = 20000
)

// lab is everything that runs beside the clients.
type lab struct {
	work    string // configurations, programs, venvs
	self    string // this program
	python  map[string]string
	servers []*server
	sims    map[bool]*server // by TLS
	proxy   *server
}

// server is a process that we started.
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

// ca is the file of the authority of the cluster that speaks TLS.
func (l *lab) ca() string { return l.file("ca.pem") }

// start runs a server until the lab is closed, or this program has ended.
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
	s := &server{name, cmd, make(chan struct{})}
	go func() {
		defer close(s.ended)
		_ = cmd.Wait() // its log says how
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
		argv := []string{l.file("impala-lbcheck"), "sim", "--direct", "--coordinators", strconv.Itoa(coordinators),
			"--hs2-port", strconv.Itoa(port), "--beeswax-port", strconv.Itoa(port + 1), "--fault", "threads=" + strconv.Itoa(threads)}
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
		lines, announced := bufio.NewScanner(out), 0
		for announced < 2*coordinators && lines.Scan() {
			announced++
		}
		if announced < 2*coordinators {
			return fmt.Errorf("%s did not start: see %s", s.name, l.file(s.name+".log"))
		}
		go func() { // what else it may say must not block it
			_, _ = io.Copy(io.Discard, out)
			_ = out.Close()
		}()
	}
	return nil
}

// addrs is where a client goes.
func (l *lab) addrs(path string, tls bool) []string {
	ports := map[bool]int{false: plainPort, true: securePort}
	if path == haproxy {
		ports = map[bool]int{false: balancePort, true: balanceTLS}
		return []string{net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[tls]))}
	}
	var out []string
	for i := range coordinators {
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

// startHAProxy starts one that balances both clusters.
func (l *lab) startHAProxy(ctx context.Context) error {
	var conf strings.Builder
	conf.WriteString(haproxyHead)
	for _, tls := range []bool{false, true} {
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n", security(tls), l.addrs(haproxy, tls)[0])
		for i, addr := range l.addrs(direct, tls) {
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
	l.proxy = s
	for range 50 {
		conn, err := net.DialTimeout("tcp", l.addrs(haproxy, true)[0], time.Second)
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

// machine is what the figures were taken on.
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
