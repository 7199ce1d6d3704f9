//go:build linux

package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sparkPort is the port of every Spark server; each has its own address.
const sparkPort = 21250

// httpPath is the path of HS2 over HTTP, the one of Impala and Hive.
const httpPath = "cliservice"

// sparkServer is one Spark Thrift Server.
type sparkServer struct {
	name     string // returned by sparkIdentity
	host     string
	hiveconf []string // other settings; none: HS2 without SASL

	venv func() (string, error) // virtual environment with a Spark; nil: the usual one
	env  []string               // added to the environment
	java string                 // options of the JVM
	http int                    // port for HTTP, on all addresses; 0: binary
}

func (s sparkServer) address() string {
	return net.JoinHostPort(s.host, strconv.Itoa(cmp.Or(s.http, sparkPort)))
}

// settings returns the server's settings of HiveServer2; the last one of a name counts.
func (s sparkServer) settings() []string {
	all := []string{"hive.server2.thrift.port=" + strconv.Itoa(sparkPort), "hive.server2.authentication=NOSASL"}
	if s.http != 0 {
		all = append(all, "hive.server2.transport.mode=http", "hive.server2.thrift.http.port="+strconv.Itoa(s.http),
			"hive.server2.thrift.http.path="+httpPath)
	}
	return append(all, s.hiveconf...)
}

// javaTLS returns the settings of HiveServer2 that turn TLS on, with the balancers'
// certificate.
func (l *lab) javaTLS(ctx context.Context) ([]string, error) {
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	const secret = "interop"
	store := l.file("pki", "keystore.p12")
	_, err = runRequired(ctx, time.Minute, nil, "openssl", "pkcs12", "-export", "-in", certs.chain, "-inkey", certs.chainKey,
		"-name", "server", "-out", store, "-passout", "pass:"+secret)
	return []string{"hive.server2.use.SSL=true", "hive.server2.keystore.path=" + store, "hive.server2.keystore.password=" + secret}, err
}

// sparkScript starts a server in its own directory. PyPI's Spark has no
// start-thriftserver.sh, so spark-submit starts its class. The pid does not change
// by exec, so bash can pass it to the server.
const sparkScript = `exec "$SPARK_HOME/bin/spark-submit" \
  --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 --name "$NAME" --master "local[1]" --driver-memory 600m \
  --conf spark.ui.enabled=false --conf spark.sql.catalogImplementation=in-memory \
  --conf spark.driver.host="$SPARK_LOCAL_IP" --conf spark.sql.warehouse.dir="$PWD/warehouse" \
  --driver-java-options "-Dlbcheck.id=$NAME -Dlbcheck.pid=$$ -Djava.io.tmpdir=$PWD $JAVA" \
  --hiveconf hive.server2.thrift.bind.host="$SPARK_LOCAL_IP" "$@"`

// startSparkServer starts a server, waits until identify returns its name and pid,
// and returns its process. A server's first query takes seconds, later ones do not.
func (l *lab) startSparkServer(ctx context.Context, s sparkServer, identify func(context.Context) (string, error)) (*process, error) {
	install := l.sparkVenv
	if s.venv != nil {
		install = s.venv
	}
	venv, err := install()
	if err != nil {
		return nil, err
	}
	homes, _ := filepath.Glob(filepath.Join(venv, "lib", "python3.*", "site-packages", "pyspark"))
	if len(homes) != 1 {
		return nil, fmt.Errorf("no pyspark in %s", venv)
	}
	dir := l.file("run", s.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	cmd := exec.Command("bash", "-c", sparkScript, "spark")
	for _, setting := range s.settings() {
		cmd.Args = append(cmd.Args, "--hiveconf", setting)
	}
	cmd.Dir = dir
	// These variables would override the settings.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HIVE_SERVER2_THRIFT_") })
	cmd.Env = append(cmd.Env, "SPARK_HOME="+homes[0], "NAME="+s.name, "SPARK_LOCAL_IP="+s.host, "JAVA="+s.java)
	cmd.Env = append(cmd.Env, s.env...)
	p, err := l.procs.start(s.name, cmd, nil)
	if err != nil {
		return nil, err
	}
	pid := cmd.Process.Pid
	ready := func(ctx context.Context) error {
		row, err := identify(ctx)
		if want := fmt.Sprintf("%s\t%d", s.name, pid); err == nil && row != want {
			err = fmt.Errorf("%s identifies itself as %q, not %q", s.name, row, want)
		}
		return err
	}
	if err := p.await(ctx, 4*time.Minute, ready); err != nil {
		return p, err
	}
	for range warmUps {
		if err := ready(ctx); err != nil {
			return p, err
		}
	}
	return p, nil
}

// warmUps are further sessions of a server that has answered once: the first ones take
// seconds to close, too.
const warmUps = 2
