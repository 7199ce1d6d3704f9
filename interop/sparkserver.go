//go:build linux

package main

import (
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

// sparkServer is one Spark Thrift Server.
type sparkServer struct {
	name     string // returned by sparkIdentity
	host     string
	hiveconf []string // other settings; none: HS2 without SASL
}

func (s sparkServer) address() string { return net.JoinHostPort(s.host, strconv.Itoa(sparkPort)) }

// sparkScript starts a server in its own directory. PyPI's Spark has no
// start-thriftserver.sh, so spark-submit starts its class. The pid does not change
// by exec, so bash can pass it to the server.
const sparkScript = `exec "$SPARK_HOME/bin/spark-submit" \
  --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 --name "$NAME" --master "local[1]" --driver-memory 600m \
  --conf spark.ui.enabled=false --conf spark.sql.catalogImplementation=in-memory \
  --conf spark.driver.host="$SPARK_LOCAL_IP" --conf spark.sql.warehouse.dir="$PWD/warehouse" \
  --driver-java-options "-Dlbcheck.id=$NAME -Dlbcheck.pid=$$ -Djava.io.tmpdir=$PWD" \
  --hiveconf hive.server2.thrift.bind.host="$SPARK_LOCAL_IP" "$@"`

// startSparkServer starts a server, waits until identify returns its name and pid,
// and returns the pid. A server's first query takes seconds, later ones do not.
func (l *lab) startSparkServer(ctx context.Context, s sparkServer, identify func(context.Context) (string, error)) (int, error) {
	venv, err := l.sparkVenv()
	if err != nil {
		return 0, err
	}
	homes, _ := filepath.Glob(filepath.Join(venv, "lib", "python3.*", "site-packages", "pyspark"))
	if len(homes) != 1 {
		return 0, fmt.Errorf("no pyspark in %s", venv)
	}
	dir := l.file("run", s.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	settings := append([]string{"hive.server2.thrift.port=" + strconv.Itoa(sparkPort), "hive.server2.authentication=NOSASL"}, s.hiveconf...)
	cmd := exec.Command("bash", "-c", sparkScript, "spark")
	for _, setting := range settings {
		cmd.Args = append(cmd.Args, "--hiveconf", setting)
	}
	cmd.Dir = dir
	// These variables would override the settings.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HIVE_SERVER2_THRIFT_") })
	cmd.Env = append(cmd.Env, "SPARK_HOME="+homes[0], "NAME="+s.name, "SPARK_LOCAL_IP="+s.host)
	p, err := l.procs.start(s.name, cmd, nil)
	if err != nil {
		return 0, err
	}
	pid := cmd.Process.Pid
	return pid, p.await(ctx, 4*time.Minute, func(ctx context.Context) error {
		row, err := identify(ctx)
		if want := fmt.Sprintf("%s\t%d", s.name, pid); err == nil && row != want {
			err = fmt.Errorf("%s identifies itself as %q, not %q", s.name, row, want)
		}
		return err
	})
}
