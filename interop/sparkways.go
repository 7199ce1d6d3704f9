//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
)

// The two Spark Thrift Servers of each way in. Over HTTP a server listens on all
// addresses, so that each needs its own port.
const (
	sparkHost, spark4Host         = "127.0.0.111", "127.0.0.112"
	sparkHTTPPort, spark4HTTPPort = 21260, 21261
	sparkWayPort                  = 31031 // of HAProxy
)

// quickJVM is for servers that live for seconds: no time is spent to make them fast.
const quickJVM = "-XX:TieredStopAtLevel=1"

// sparkWay is a way into Spark Thrift Servers of two releases: how they are started,
// and how impyla and our client come in.
type sparkWay struct {
	way
	name     string
	hiveconf []string
	asksLDAP bool      // the servers ask the LDAP directory
	how      impylaHow // how impyla comes in, without the CA file
	full     bool      // only in the full run
}

// sparkWays are the ways into Spark Thrift Servers.
func sparkWays() []sparkWay {
	basic := plainHow("PLAIN", "")
	ldap := impylaHow{"auth_mechanism": "PLAIN", "user": ldapUser, "password": ldapPassword}
	none := []string{"hive.server2.authentication=NONE"} // SASL PLAIN with any password
	return []sparkWay{
		{name: "kerberos", way: way{kerberos: true}, how: kerberosHow()},
		{name: "spnego", way: way{kerberos: true, http: true}, how: kerberosHow().overHTTP()},
		{name: "ldap", way: way{password: true}, hiveconf: ldapSettings, asksLDAP: true, how: ldap},
		{name: "https", way: way{password: true, http: true, tls: true}, how: basic.overHTTP()},
		{name: "http", way: way{password: true, http: true}, how: basic.overHTTP(), full: true},
		{name: "plain", way: way{password: true}, hiveconf: none, how: basic, full: true},
		{name: "tls", way: way{tls: true}, how: plainHow("NOSASL", ""), full: true},
	}
}

// sparkWayProofs use our client with each way in. They start servers themselves, and stop
// them, because all of them together need too much memory.
func sparkWayProofs(l *lab) []proof {
	prepare := func() { go l.spark4Venv(); go l.sparkVenv() }
	var all []proof
	for _, w := range sparkWays() {
		all = append(all, proof{name: "spark." + w.name, full: w.full, prepare: prepare, run: func(ctx context.Context) (evidence, error) {
			return l.proveSparkWay(ctx, w)
		}})
	}
	return all
}

// ldapSettings let a HiveServer2 ask the LDAP directory.
var ldapSettings = []string{"hive.server2.authentication=LDAP",
	"hive.server2.authentication.ldap.url=" + slapdURL, "hive.server2.authentication.ldap.userDNPattern=" + slapdUserDN}

// startSparkWay starts both servers, one of each release, and HAProxy in front of them.
// The caller stops them.
func (l *lab) startSparkWay(ctx context.Context, w sparkWay) (h *haproxy, names []string, stop func(), err error) {
	var started []*process
	stop = func() {
		for _, p := range slices.Backward(started) {
			p.stop()
		}
	}
	servers := []sparkServer{
		{name: w.name + "-3.5", host: sparkHost, http: sparkHTTPPort},
		{name: w.name + "-4.1", host: spark4Host, http: spark4HTTPPort, venv: l.spark4Venv},
	}
	in := listener{name: "spark", bind: bothNodes(sparkWayPort), options: []string{roundRobinLine}}
	var all sync.WaitGroup
	procs, errs := make([]*process, len(servers)), make([]error, len(servers))
	for i, s := range servers {
		if s, err = l.configureSpark(ctx, w, s); err != nil {
			return nil, nil, stop, err
		}
		names, in.servers = append(names, s.name), append(in.servers, s.address())
		how, err := l.howIn(w)
		if err != nil {
			return nil, nil, stop, err
		}
		all.Go(func() {
			procs[i], errs[i] = l.startSparkServer(ctx, s, func(ctx context.Context) (string, error) {
				return l.askImpyla(ctx, s.host, cmp.Or(s.http, sparkPort), sparkIdentity, how, s.env...)
			})
		})
	}
	all.Wait()
	for _, p := range procs {
		if p != nil {
			started = append(started, p)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, stop, err
	}
	h, err = l.startHAProxy(ctx, "haproxy-"+w.name, []listener{in})
	if err == nil {
		started = append(started, h.proc)
	}
	return h, names, stop, err
}

// howIn returns how impyla comes in.
func (l *lab) howIn(w sparkWay) (impylaHow, error) {
	if !w.tls {
		return w.how, nil
	}
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	how := maps.Clone(w.how)
	how["use_ssl"], how["ca_cert"] = true, certs.root
	return how, nil
}

// bothNodes binds a port on both addresses of lbName.
func bothNodes(port int) string {
	return nodeOne + ":" + strconv.Itoa(port) + "," + nodeTwo + ":" + strconv.Itoa(port)
}

// configureSpark adds what the way needs to a server.
func (l *lab) configureSpark(ctx context.Context, w sparkWay, s sparkServer) (sparkServer, error) {
	s.hiveconf, s.java = slices.Clone(w.hiveconf), quickJVM
	if !w.http {
		s.http = 0
	}
	if w.asksLDAP {
		if err := l.slapd(); err != nil {
			return s, err
		}
	}
	if w.tls {
		forTLS, err := l.javaTLS(ctx)
		if err != nil {
			return s, err
		}
		s.hiveconf = append(s.hiveconf, forTLS...)
	}
	if !w.kerberos {
		return s, nil
	}
	k, err := l.kdc()
	if err != nil {
		return s, err
	}
	hadoop, err := l.hadoopConf()
	if err != nil {
		return s, err
	}
	cache, err := k.kinit(ctx, kdcPort, s.name, "1h")
	if err != nil {
		return s, err
	}
	s.hiveconf = append(s.hiveconf, kerberosSettings(k)...)
	if w.http {
		s.hiveconf = append(s.hiveconf, "hive.server2.authentication.spnego.principal=HTTP/"+lbName+"@"+realm,
			"hive.server2.authentication.spnego.keytab="+k.keytab())
	}
	s.java += " -Djava.security.krb5.conf=" + k.conf(kdcPort)
	s.env = []string{"KRB5_CONFIG=" + k.conf(kdcPort), "HADOOP_CONF_DIR=" + hadoop, "KRB5CCNAME=FILE:" + cache}
	return s, nil
}

// kerberosSettings are the settings of a HiveServer2 that holds the balancer's principal.
func kerberosSettings(k *kdc) []string {
	return []string{"hive.server2.authentication=KERBEROS",
		"hive.server2.authentication.kerberos.principal=" + lbPrincipal, "hive.server2.authentication.kerberos.keytab=" + k.keytab()}
}

// hadoopConf writes a directory of Hadoop's configuration that turns Kerberos on.
func (l *lab) hadoopConf() (string, error) {
	dir := l.file("run", "hadoop")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return dir, os.WriteFile(dir+"/core-site.xml", hadoopXML([]string{"hadoop.security.authentication=kerberos"}), 0o644)
}

// proveSparkWay runs 20 sessions through HAProxy, which gives each server 10.
func (l *lab) proveSparkWay(ctx context.Context, w sparkWay) (evidence, error) {
	if err := l.hosts(); err != nil {
		return evidence{}, err
	}
	h, names, stop, err := l.startSparkWay(ctx, w)
	defer stop()
	if err != nil {
		return evidence{}, err
	}
	flags, err := l.flags(w.way)
	if err != nil {
		return evidence{}, err
	}
	c := balanceCase{
		listener: "spark", policy: "round-robin", expect: names, sessions: 20, shares: []int{10, 10},
		args: append([]string{"--identity-query", sparkIdentity, "--concurrency", "1", "--timeout", "30s"}, flags...),
	}
	return c.prove(ctx, l, "spark."+w.name, byName{h}, names)
}

// byName is a HAProxy that clients reach by lbName, not by an address: over HTTPS some
// servers compare the name in requests with the one of their certificate.
type byName struct{ *haproxy }

func (b byName) find(name string) (string, error) {
	address, err := b.haproxy.find(name)
	return net.JoinHostPort(lbName, portOf(address)), err
}
