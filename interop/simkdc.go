//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// simKDCPort is where the JDK accepts tickets of our simulated KDC.
const simKDCPort = 21710

// simKDCProofs use the clients of MIT Kerberos and the JDK with our simulated KDC.
func simKDCProofs(l *lab) []proof {
	return []proof{{name: "simkdc.mit-and-jdk", run: l.proveSimKDC}}
}

// startSimKDC starts a simulated KDC and writes its files as those of a real one.
func (l *lab) startSimKDC() (*simkdc.KDC, *kdc, error) {
	k := &kdc{dir: l.file("run", "simkdc")}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, nil, err
	}
	s, err := simkdc.Start(simkdc.Config{Realm: realm})
	if err != nil {
		return nil, nil, err
	}
	err = errors.Join(s.AddUser(krbUser, krbPassword), s.AddService(krbService+"/"+lbName),
		os.WriteFile(k.conf(kdcPort), []byte(s.Krb5Conf()), 0o600),
		os.WriteFile(k.keytab(), s.Keytab(krbService+"/"+lbName), 0o600))
	if err != nil {
		s.Close()
	}
	return s, k, err
}

// proveSimKDC gets tickets with kinit and kvno, which also checks the keytab, and then
// lets hive-jdbc log in to the JDK's acceptor.
func (l *lab) proveSimKDC(ctx context.Context) (evidence, error) {
	if err := l.packages(); err != nil {
		return evidence{}, err
	}
	s, k, err := l.startSimKDC()
	if err != nil {
		return evidence{}, err
	}
	defer s.Close()
	cache := k.file("cc")
	kinit := exec.CommandContext(ctx, "kinit", "-c", "FILE:"+cache, krbUser)
	kinit.Env = append(os.Environ(), k.env(kdcPort)...)
	kinit.Stdin = strings.NewReader(krbPassword + "\n")
	if out, err := kinit.CombinedOutput(); err != nil {
		return evidence{}, fmt.Errorf("kinit: %w: %s", err, tail(out))
	}
	out, err := runRequired(ctx, 10*time.Second, append(k.env(kdcPort), "KRB5CCNAME=FILE:"+cache), "kvno", "-k", k.keytab(), krbService+"/"+lbName)
	if err != nil {
		return evidence{}, err
	}
	if !strings.Contains(string(out), "keytab entry valid") {
		return evidence{}, fmt.Errorf("kvno: %s", tail(out))
	}
	return evidence{numbers: "kinit by password, kvno: keytab entry valid; hive-jdbc to the JDK's acceptor with its tickets"}, l.proveSimTicket(ctx, k, cache)
}

// proveSimTicket logs in with a ticket of the JDK's own making, to the JDK.
func (l *lab) proveSimTicket(ctx context.Context, k *kdc, cache string) error {
	c, err := l.plainCluster()
	if err != nil {
		return err
	}
	classPath, err := l.jdbc()
	if err != nil {
		return err
	}
	jdk, err := l.startJDK(ctx, k, []jdkListener{{"auth", local(simKDCPort), c.addresses()[0]}})
	if err != nil {
		return err
	}
	defer jdk.proc.stop()
	host, port, _ := net.SplitHostPort(local(simKDCPort))
	a, err := runCommand(ctx, clientTimeout, append(k.env(kdcPort), "KRB5CCNAME=FILE:"+cache), "java", "-Xmx300m",
		"-Djava.security.krb5.conf="+k.conf(kdcPort), "-Djavax.security.auth.useSubjectCredsOnly=false", "-cp", classPath, "Query",
		"jdbc:hive2://"+net.JoinHostPort(host, port)+"/;principal="+lbPrincipal, pidQuery, "", "")
	if err != nil {
		return err
	}
	if _, _, err := c.parsePID(a); err != nil {
		return err
	}
	if jdk.logins() == 0 {
		return errors.New("the JDK let nobody in")
	}
	return nil
}
