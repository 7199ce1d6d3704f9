//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// lab is the environment of the proofs. Each fixture is created once, when it is
// first used; if that fails, every proof that needs it gets the error.
type lab struct {
	root            string // of the module
	work            string // interop/.work: virtual environments, configurations, logs, results
	began           time.Time
	rewrites        bool // docs/doctor.md is written, not compared
	procs           *processes
	removeHostNames func() // removes our names from /etc/hosts

	packages func() error
	tool     func() (string, error) // path of the command under test
	pki      func() (pki, error)

	nfpm         func() (string, error) // makes packages
	distribution func() (distribution, error)
	hosts        func() error // makes lbName resolve to two nodes

	// Simulated coordinators behind real balancers, and the balancers.
	plainCluster  func() (*cluster, error)
	secureCluster func() (*cluster, error) // with TLS
	hungCluster   func() (*cluster, error) // the second coordinator never replies
	haproxy       func() (*haproxy, error) // in front of plain
	nginx         func() (*nginx, error)   // in front of plain
	secureHAProxy func() (*haproxy, error) // in front of secure

	// Simulated coordinators for load, each group behind a listener of loadHAProxy.
	// In a clusterGroup every coordinator is a process.
	fewThreads, manyThreads, failover func() (clusterGroup, error)
	oneCoordinator, largeCluster      func() (*cluster, error)
	loadHAProxy                       func() (*haproxy, error)
	loadLog                           string // socket to which loadHAProxy logs servers that go down

	// Simulated clusters for real clients, and the clients.
	openCluster, tlsCluster, loginCluster func() (*cluster, error)
	shell, impyla, gohive                 func() (string, error) // directories of virtual environments, and a program

	// Real servers: three behind their own HAProxy, and one with authentication.
	sparkVenv  func() (string, error)
	spark      func() (*spark, error)
	sparkLogin func() (sparkServer, error)

	envoyVenv func() (string, error)

	browser func() (string, error) // directory of the programs that drive Chromium

	moto func() (*moto, error) // a simulated AWS, and the AWS CLI

	kustomize          func() (string, error) // path of the program
	kubernetesValidate func() (string, error) // directory of its virtual environment

	kdc        func() (*kdc, error)   // MIT Kerberos
	slapd      func() error           // OpenLDAP's server
	spark4Venv func() (string, error) // the newer Spark
	hive       func() (string, error) // class path of a HiveServer2

	// Simulated clusters with every way in, and what comes in.
	openWays, loginWays, tokenWays func() (*cluster, error)
	ticket                         func() (string, error) // credential cache of the user
	tokens                         func() (tokens, error)
	balancerPlaces                 func() (*strings.Replacer, error) // of the balancers that are configured wrongly

	// Other releases of clients: virtual environments, and a class path.
	shell43, shell41, shell34, impyla18, dbt, jdbc func() (string, error)
}

// newLab creates the working directory.
func newLab(ctx context.Context) (*lab, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	l := &lab{root: root, work: filepath.Join(root, "interop", ".work"), began: time.Now()}
	l.procs = newProcesses(l.file("log"))
	for _, dir := range []string{l.procs.dir, l.file("run"), l.file("pki")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	l.defineFixtures(ctx)
	return l, nil
}

// defineFixtures sets how each fixture is created.
func (l *lab) defineFixtures(ctx context.Context) {
	l.packages = sync.OnceValue(func() error { return installPackages(ctx) })
	l.tool = sync.OnceValues(func() (string, error) { return l.buildTool(ctx) })
	l.nfpm = sync.OnceValues(func() (string, error) { return l.buildNFPM(ctx) })
	l.distribution = sync.OnceValues(func() (distribution, error) { return l.writePages(ctx) })
	l.pki = sync.OnceValues(func() (pki, error) { return newPKI(l.file("pki")) })
	l.hosts = sync.OnceValue(l.addHostNames)

	l.plainCluster = sync.OnceValues(func() (*cluster, error) { return l.startDirect(ctx, "plain", plainPort) })
	l.secureCluster = sync.OnceValues(func() (*cluster, error) { return l.startSecure(ctx) })
	l.hungCluster = sync.OnceValues(func() (*cluster, error) {
		return l.startDirect(ctx, "hung", hungPort, "--fault", "hung@2")
	})
	l.haproxy = sync.OnceValues(func() (*haproxy, error) { return l.startPlainHAProxy(ctx) })
	l.nginx = sync.OnceValues(func() (*nginx, error) { return l.startNginx(ctx) })

	l.secureHAProxy = sync.OnceValues(func() (*haproxy, error) { return l.startSecureHAProxy(ctx) })

	l.defineLoadFixtures(ctx)

	l.openCluster = sync.OnceValues(func() (*cluster, error) { return l.startClientSim(ctx, "open", clientPort) })
	l.tlsCluster = sync.OnceValues(func() (*cluster, error) { return l.startClientSim(ctx, "tls", clientPort+2, "--tls") })
	l.loginCluster = sync.OnceValues(func() (*cluster, error) { return l.startLogin(ctx) })
	l.shell = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "shell", pyImpala) })
	l.impyla = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "impyla", pyImpyla) })
	l.gohive = sync.OnceValues(func() (string, error) { return l.buildGohive(ctx) })
	l.envoyVenv = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "envoy", pyEnvoy) })
	l.browser = sync.OnceValues(func() (string, error) { return l.installBrowser(ctx) })
	l.sparkVenv = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "spark", pySpark) })
	l.sparkLogin = sync.OnceValues(func() (sparkServer, error) { return l.startSparkLogin(ctx) })
	l.moto = sync.OnceValues(func() (*moto, error) { return l.startMoto(ctx, "moto", motoPort) })
	l.kustomize = sync.OnceValues(func() (string, error) { return l.buildKustomize(ctx) })
	l.kubernetesValidate = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "kubernetes-validate", pyKubernetes) })
	l.kdc = sync.OnceValues(func() (*kdc, error) { return l.startKDC(ctx) })
	l.defineWays(ctx)
	l.slapd = sync.OnceValue(func() error { return l.startSlapd(ctx) })
	l.spark4Venv = sync.OnceValues(func() (string, error) { return l.installVenv(ctx, "spark4", pySpark4) })
	l.hive = sync.OnceValues(func() (string, error) { return l.hiveClassPath(ctx) })
	l.spark = sync.OnceValues(func() (*spark, error) { return l.startSpark(ctx) })
}

// close stops every process and undoes changes outside of the working directory.
func (l *lab) close() {
	l.procs.close()
	if l.removeHostNames != nil {
		l.removeHostNames()
	}
}

// file returns a path in the working directory.
func (l *lab) file(parts ...string) string {
	return filepath.Join(append([]string{l.work}, parts...)...)
}

// moduleRoot finds go.mod in the current directory or above it.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run it inside the module: go run ./interop")
		}
		dir = filepath.Dir(dir)
	}
}

// lockMachine waits until no other run on this machine has the lock: the ports, the
// names in /etc/hosts and the network namespaces are the machine's, whichever checkout
// a run is of.
func lockMachine(ctx context.Context) (*os.File, error) {
	path := filepath.Join(os.TempDir(), "impala-lbcheck-interop.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for waits := false; ; waits = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		case !waits:
			fmt.Fprintln(os.Stderr, "interop: waiting for another run on this machine")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		}
	}
}
