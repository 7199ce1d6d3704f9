package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sparkServers is how many Spark Thrift Servers there are.
const sparkServers = 3

// sparkPort is the port of each, on an address of its own.
const sparkPort = 21250

// sparkIdentity is the query that tells who answers: Spark puts properties of
// its own process in place of the names.
const sparkIdentity = "SELECT '${system:lbcheck.id}', '${system:lbcheck.pid}'"

// spark is the servers and the HAProxy in front of them.
type spark struct {
	names   []string
	pids    []int
	balance *haproxy
}

// startSpark installs Spark, starts its servers together and waits until each
// has answered a query: the first one takes seconds.
func (l *lab) startSpark(ctx context.Context) (*spark, error) {
	venv, err := l.installVenv(ctx, "spark", pySpark)
	if err != nil {
		return nil, err
	}
	out, err := must(ctx, time.Minute, nil, venv+"/bin/python", "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))")
	if err != nil {
		return nil, err
	}
	home := strings.TrimSpace(string(out))
	s := &spark{pids: make([]int, sparkServers)}
	errs := make([]error, sparkServers)
	var all sync.WaitGroup
	for i := range sparkServers {
		s.names = append(s.names, fmt.Sprintf("sts%d", i+1))
		all.Go(func() { s.pids[i], errs[i] = l.startSparkServer(ctx, home, i+1) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	in := listener{name: "spark", bind: "127.0.0.1:31030", options: []string{"balance roundrobin"}}
	for i := range sparkServers {
		in.servers = append(in.servers, sparkAddress(i+1))
	}
	s.balance, err = l.startHAProxy(ctx, "haproxy-spark", []listener{in})
	return s, err
}

func sparkHost(n int) string    { return fmt.Sprintf("127.0.0.%d", 100+n) }
func sparkAddress(n int) string { return net.JoinHostPort(sparkHost(n), strconv.Itoa(sparkPort)) }

// startSparkServer runs server n (1-based) in a folder of its own, waits until
// it answers and returns its pid. PyPI's Spark has no start-thriftserver.sh, so
// its class is started by spark-submit. bash keeps its pid through every exec,
// which is how the server can be told it.
func (l *lab) startSparkServer(ctx context.Context, home string, n int) (int, error) {
	name, dir := fmt.Sprintf("sts%d", n), l.file("run", fmt.Sprintf("sts%d", n))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	script := fmt.Sprintf(`exec %s/bin/spark-submit \
  --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 --name %s --master "local[1]" --driver-memory 600m \
  --conf spark.ui.enabled=false --conf spark.sql.catalogImplementation=in-memory \
  --conf spark.driver.host=%s --conf spark.sql.warehouse.dir=%s/warehouse \
  --driver-java-options "-Dlbcheck.id=%s -Dlbcheck.pid=$$" \
  --hiveconf hive.server2.thrift.bind.host=%s --hiveconf hive.server2.thrift.port=%d --hiveconf hive.server2.authentication=NOSASL`,
		home, name, sparkHost(n), dir, name, sparkHost(n), sparkPort)
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = dir
	// Spark prefers these two to its own settings.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HIVE_SERVER2_THRIFT_") })
	p, err := l.procs.start(name, cmd, nil)
	if err != nil {
		return 0, err
	}
	want := fmt.Sprintf("%s\t%d", name, cmd.Process.Pid)
	err = p.await(ctx, 4*time.Minute, func(ctx context.Context) error {
		row, err := l.askGohive(ctx, sparkAddress(n), sparkIdentity)
		if err == nil && row != want {
			err = fmt.Errorf("%s says it is %q, not %q", name, row, want)
		}
		return err
	})
	return cmd.Process.Pid, err
}

// sparkProofs: our client against HiveServer2 servers that are not Impala.
func sparkProofs(l *lab) []proof {
	return []proof{{
		name: "spark.haproxy.round-robin",
		warm: func() { l.spark() },
		run: func(ctx context.Context) (evidence, error) {
			s, err := l.spark()
			if err != nil {
				return evidence{}, err
			}
			c := balanceCase{
				listener: "spark", policy: "round-robin", expect: s.names, sessions: 300, shares: []int{100, 100, 100},
				// One session at a time and time enough: Spark has one thread for queries here.
				args: []string{"--identity-query", sparkIdentity, "--concurrency", "1", "--timeout", "30s"},
				and:  s.samePIDs,
			}
			return c.prove(ctx, l, "spark", s.balance, s.names)
		},
	}}
}

// samePIDs checks that each server's pid is that of the process we started.
func (s *spark) samePIDs(r result) error {
	for i, name := range s.names {
		at := slices.IndexFunc(r.Coordinators, func(c coordinatorTally) bool { return c.Name == name })
		if at < 0 || !slices.Equal(r.Coordinators[at].PIDs, []int{s.pids[i]}) {
			return fmt.Errorf("%s is process %d, the result says %+v", name, s.pids[i], r.Coordinators)
		}
	}
	return nil
}
