//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// thriftJars are Debian's Thrift for Java and what it needs.
const thriftJars = "/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar"

// jdkAcceptor runs acceptor/Acceptor.java: the SASL GSSAPI of the JDK below Thrift's own
// transport, as in HiveServer2, with a listener for each quality of protection.
type jdkAcceptor struct {
	proc *process
}

// jdkListener is a listener of a jdkAcceptor.
type jdkListener struct{ qop, address, backend string }

const jaasConf = `com.sun.security.jgss.krb5.accept {
  com.sun.security.auth.module.Krb5LoginModule required
  isInitiator=false useKeyTab=true storeKey=true doNotPrompt=true keyTab="KEYTAB" principal="PRINCIPAL";
};
`

// startJDK starts an acceptor with listeners that hold the balancer's principal.
func (l *lab) startJDK(ctx context.Context, k *kdc, listeners []jdkListener) (*jdkAcceptor, error) {
	jaas := l.file("run", "jaas.conf")
	text := strings.NewReplacer("KEYTAB", k.keytab(), "PRINCIPAL", lbPrincipal).Replace(jaasConf)
	if err := os.WriteFile(jaas, []byte(text), 0o600); err != nil {
		return nil, err
	}
	argv := []string{"-Xmx200m", "-Djava.security.krb5.conf=" + k.conf(kdcPort), "-Djava.security.auth.login.config=" + jaas,
		"-Djavax.security.auth.useSubjectCredsOnly=false", "-cp", thriftJars,
		filepath.Join(l.root, "interop", "acceptor", "Acceptor.java"), krbService, lbName}
	for _, each := range listeners {
		argv = append(argv, each.qop, each.address, each.backend)
	}
	p, err := l.procs.start("jdk-acceptor", exec.Command("java", argv...), nil)
	if err != nil {
		return nil, err
	}
	a := &jdkAcceptor{proc: p}
	return a, p.await(ctx, time.Minute, func(context.Context) error {
		if !strings.Contains(a.log(), "ready\n") {
			return errors.New("it has not printed that it is ready")
		}
		return nil
	})
}

// logins returns the number of logins that the JDK let in.
func (a *jdkAcceptor) logins() int { return strings.Count(a.log(), "login of "+krbUser+"@"+realm) }

func (a *jdkAcceptor) log() string {
	b, _ := os.ReadFile(a.proc.log)
	return string(b)
}
