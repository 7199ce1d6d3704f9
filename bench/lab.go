//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// lab has the servers for the clients.
type lab struct {
	work          string // directory of configurations, programs and virtual environments
	self          string // this program
	python        map[string]string
	servers       []*server
	sims          map[cluster]*server
	kdc           *simkdc.KDC
	haproxyServer *server
}

// server is a process of the lab.
type server struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
}

// openLab installs what is missing and starts a KDC, the simulated clusters and HAProxy.
func openLab(ctx context.Context) (*lab, error) {
	work, err := filepath.Abs(".work")
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &lab{work: work, self: self, sims: map[cluster]*server{}}
	for _, step := range []func(context.Context) error{l.install, l.startKDC, l.startSims, l.startHAProxy} {
		if err := step(ctx); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *lab) file(name string) string { return filepath.Join(l.work, name) }

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
	if l.kdc != nil {
		defer l.kdc.Close()
	}
	for i := len(l.servers) - 1; i >= 0; i-- {
		l.servers[i].stop()
	}
}

// stop ends a server; one that has ended stays so.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(8 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
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

// startHAProxy starts a HAProxy in front of the clusters without a login.
func (l *lab) startHAProxy(ctx context.Context) error {
	var conf strings.Builder
	conf.WriteString(haproxyHead)
	for _, tls := range []bool{false, true} {
		w := way{TLS: tls}
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n", w.name(), l.addrs(pathHAProxy, w)[0])
		for i, addr := range l.addrs(pathDirect, w) {
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
		conn, err := net.DialTimeout("tcp", l.addrs(pathHAProxy, way{TLS: true})[0], time.Second)
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
