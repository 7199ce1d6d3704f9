package soak

import (
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// The login of every way that has one.
const (
	user     = "alice"
	password = "soak-password"
	host     = "lb.example.com" // the balancer's name
	realm    = "EXAMPLE.COM"
)

// order is what the process of the clusters is told: to start one, or, where Config is
// nil, to stop the one that runs.
type order struct {
	Config   *simcluster.Config
	Kerberos bool // the coordinators take tickets
}

// cluster is what it answers to the start of one.
type cluster struct {
	Nodes, HTTPNodes, BeeswaxNodes []netip.AddrPort
	Names                          []string
	CA                             []byte
	Krb5Conf                       string
	Err                            string
}

// serveClusters is the process of the clusters: one at a time, until in ends.
func serveClusters(in io.Reader, out io.Writer) (err error) {
	kdc, err := simkdc.Start(simkdc.Config{Realm: realm})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kdc.Close()) }()
	if err := errors.Join(kdc.AddUser(user, password), kdc.AddService("impala/"+host)); err != nil {
		return err
	}
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	var running *simcluster.Cluster
	for {
		var o order
		switch err := orders.Decode(&o); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		var answer any
		if o.Config == nil {
			answer = running.Stats()
			if err := running.Close(); err != nil {
				return err
			}
		} else {
			if o.Kerberos {
				o.Config.Auth, o.Config.Keytab = simcluster.AuthKerberos, kdc.Keytab("impala/"+host)
			}
			running, err = simcluster.Start(*o.Config)
			answer = described(running, err, kdc)
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
}

func described(c *simcluster.Cluster, err error, kdc *simkdc.KDC) cluster {
	if err != nil {
		return cluster{Err: err.Error()}
	}
	return cluster{
		Nodes: c.Nodes(), HTTPNodes: c.HTTPNodes(), BeeswaxNodes: c.BeeswaxNodes(), Names: c.Names(), CA: c.CA(), Krb5Conf: kdc.Krb5Conf(),
	}
}

// clusters is the process as the test has it.
type clusters struct {
	t       *testing.T
	orders  *json.Encoder
	answers *json.Decoder
}

// startClusters starts the process, which ends with the test.
func startClusters(t *testing.T) *clusters {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env, cmd.Stderr = append(os.Environ(), clusterEnv+"=1"), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return &clusters{t, json.NewEncoder(in), json.NewDecoder(out)}
}

// start starts a cluster.
func (p *clusters) start(config simcluster.Config, kerberos bool) cluster {
	p.t.Helper()
	var c cluster
	if p.tell(order{&config, kerberos}, &c); c.Err != "" {
		p.t.Fatalf("%s\n%+v", c.Err, config)
	}
	return c
}

// stop stops it, and returns what it counted.
func (p *clusters) stop() simcluster.Stats {
	p.t.Helper()
	var s simcluster.Stats
	p.tell(order{}, &s)
	return s
}

func (p *clusters) tell(o order, answer any) {
	p.t.Helper()
	if err := errors.Join(p.orders.Encode(o), p.answers.Decode(answer)); err != nil {
		p.t.Fatal(err)
	}
}
