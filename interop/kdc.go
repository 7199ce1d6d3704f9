//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// The Kerberos realm of the proofs. Each server behind a balancer holds the key of the
// balancer's principal, because that is the one that clients ask for.
const (
	realm        = "EXAMPLE.COM"
	krbService   = "impala"
	lbPrincipal  = krbService + "/" + lbName + "@" + realm
	krbUser      = "alice"
	krbPassword  = "kerberos horse"
	goneUser     = "bob" // has a keytab, and is no longer in the database
	kdcHost      = "127.0.0.1"
	kdcPort      = 18888
	skewedPort   = 18889 // a KDC whose clock is ten minutes ahead
	nobodysPort  = 18890 // nothing listens here
	mutePort     = 18891 // listens and never replies
	kdcFirstWait = 10 * time.Second
)

// kdc is MIT Kerberos' key distribution center with a realm of its own.
type kdc struct {
	dir  string
	proc *process
}

const krb5Conf = `[libdefaults]
 default_realm = ` + realm + `
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 ` + realm + ` = {
  kdc = %s
 }
[domain_realm]
 .example.com = ` + realm + `
`

const kdcConf = `[kdcdefaults]
 kdc_listen = %[2]s
 kdc_tcp_listen = %[2]s
[realms]
 ` + realm + ` = {
  database_name = %[1]s/principal
  key_stash_file = %[1]s/stash
  max_life = 10h
 }
[logging]
 kdc = FILE:%[1]s/kdc-%[3]d.log
`

// startKDC creates the realm with its principals and keytabs, and starts its KDC.
func (l *lab) startKDC(ctx context.Context) (*kdc, error) {
	if err := l.packages(); err != nil {
		return nil, err
	}
	k := &kdc{dir: l.file("run", "kdc")}
	if err := os.RemoveAll(k.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, err
	}
	for _, port := range []int{kdcPort, skewedPort, nobodysPort, mutePort} {
		if err := k.configure(port); err != nil {
			return nil, err
		}
	}
	if err := k.createRealm(ctx); err != nil {
		return nil, err
	}
	var err error
	k.proc, err = l.startKDCAt(ctx, k, kdcPort)
	return k, err
}

// configure writes the files for a KDC at a port: one for its clients, one for itself.
func (k *kdc) configure(port int) error {
	address := net.JoinHostPort(kdcHost, strconv.Itoa(port))
	if err := os.WriteFile(k.conf(port), fmt.Appendf(nil, krb5Conf, address), 0o600); err != nil {
		return err
	}
	return os.WriteFile(k.profile(port), fmt.Appendf(nil, kdcConf, k.dir, address, port), 0o600)
}

func (k *kdc) conf(port int) string    { return k.file(fmt.Sprintf("krb5-%d.conf", port)) }
func (k *kdc) profile(port int) string { return k.file(fmt.Sprintf("kdc-%d.conf", port)) }
func (k *kdc) file(name string) string { return filepath.Join(k.dir, name) }

// keytab returns the file with the keys of the balancer's principals.
func (k *kdc) keytab() string { return k.file("lb.keytab") }

// env returns the variables of clients of the KDC at a port; other settings of the
// machine do not count.
func (k *kdc) env(port int) []string {
	return []string{"KRB5_CONFIG=" + k.conf(port), "KRB5_KDC_PROFILE=" + k.profile(port), "KRB5CCNAME=FILE:" + k.file("no-cache")}
}

// createRealm creates the database, the principals and their keytabs.
func (k *kdc) createRealm(ctx context.Context) error {
	run := func(argv ...string) error {
		_, err := runRequired(ctx, time.Minute, k.env(kdcPort), argv...)
		return err
	}
	if err := run("kdb5_util", "create", "-r", realm, "-s", "-P", "interop"); err != nil {
		return err
	}
	for _, query := range []string{
		"addprinc -randkey impala/" + lbName,
		"addprinc -randkey HTTP/" + lbName,
		"addprinc -randkey impala/coord1.example.com",
		fmt.Sprintf("addprinc -pw %q %s", krbPassword, krbUser),
		"ktadd -k " + k.keytab() + " impala/" + lbName + " HTTP/" + lbName,
		"ktadd -k " + k.file("coord1.keytab") + " impala/coord1.example.com",
		"ktadd -norandkey -k " + k.file(krbUser+".keytab") + " " + krbUser,
		"addprinc -randkey " + goneUser,
		"ktadd -k " + k.file(goneUser+".keytab") + " " + goneUser,
		"delprinc -force " + goneUser,
	} {
		if err := run("kadmin.local", "-r", realm, "-q", query); err != nil {
			return err
		}
	}
	return nil
}

// startKDCAt starts a KDC of the realm at a port, after a prefix that executes the
// rest of its command line, and waits until it gives tickets.
func (l *lab) startKDCAt(ctx context.Context, k *kdc, port int, prefix ...string) (*process, error) {
	argv := append(prefix, "krb5kdc", "-n", "-r", realm)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), k.env(port)...)
	p, err := l.procs.start(fmt.Sprintf("kdc-%d", port), cmd, nil)
	if err != nil {
		return nil, err
	}
	return p, p.await(ctx, kdcFirstWait, func(ctx context.Context) error {
		_, err := k.kinit(ctx, port, "await", "10h")
		return err
	})
}

// kinit gets a ticket for the user with MIT's kinit and returns its credential cache.
func (k *kdc) kinit(ctx context.Context, port int, name, life string) (cache string, err error) {
	cache = k.file("cc-" + name)
	_, err = runRequired(ctx, 10*time.Second, k.env(port), "kinit", "-l", life, "-c", "FILE:"+cache, "-k", "-t", k.file(krbUser+".keytab"), krbUser)
	return cache, err
}
