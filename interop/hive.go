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

// hiveVersion is the version in hive/pom.xml.
const hiveVersion = "4.0.1"

// The address of every HiveServer2, one at a time.
const (
	hiveHost = "127.0.0.115"
	hivePort = 21270
)

// hiveName is the name by which a HiveServer2 identifies itself; sparkIdentity asks
// for it.
const hiveName = "hs1"

func hiveAddress() string { return net.JoinHostPort(hiveHost, strconv.Itoa(hivePort)) }

// hiveClassPath resolves HiveServer2 from Maven Central and returns its class path.
func (l *lab) hiveClassPath(ctx context.Context) (string, error) {
	if err := l.packages(); err != nil {
		return "", err
	}
	path := l.file("hive-" + hiveVersion + ".classpath")
	if b, err := os.ReadFile(path); err == nil {
		return string(b), nil
	}
	partial := path + ".new" // an interrupted run leaves no class path that looks complete
	if _, err := runRequired(ctx, installTimeout, nil, "mvn", "-q", "-B", "-f", filepath.Join(l.root, "interop", "hive", "pom.xml"),
		"dependency:build-classpath", "-Dmdep.outputFile="+partial); err != nil {
		return "", err
	}
	if err := os.Rename(partial, path); err != nil {
		return "", err
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// hiveSettings are those of a HiveServer2 that needs no other service: its metastore is
// in memory, and a SELECT of constants needs no engine.
var hiveSettings = []string{
	"javax.jdo.option.ConnectionURL=jdbc:derby:memory:h1;create=true",
	"datanucleus.schema.autoCreateAll=true",
	"hive.metastore.schema.verification=false",
	"hive.execution.engine=mr",
	"hive.fetch.task.conversion=more",
	"hive.server2.enable.doAs=false",
	"hive.server2.webui.port=0",
	"hive.server2.thrift.bind.host=" + hiveHost,
	"hive.server2.thrift.port=" + strconv.Itoa(hivePort),
}

// startHive starts a HiveServer2 with further settings and waits until identify returns
// its name.
func (l *lab) startHive(ctx context.Context, name string, settings []string, identify func(context.Context) (string, error)) (*process, error) {
	classPath, err := l.hive()
	if err != nil {
		return nil, err
	}
	dir := l.file("run", name)
	conf := filepath.Join(dir, "conf")
	if err := os.MkdirAll(conf, 0o755); err != nil {
		return nil, err
	}
	all := slices.Concat(hiveSettings, []string{"metastore.warehouse.dir=file:" + dir + "/warehouse", "hive.exec.local.scratchdir=" + dir + "/scratch"}, settings)
	if err := os.WriteFile(filepath.Join(conf, "hive-site.xml"), hadoopXML(all), 0o644); err != nil {
		return nil, err
	}
	argv := []string{"-Xmx600m", quickJVM, "-Dlbcheck.id=" + hiveName, "-Dlbcheck.pid=0", "-Djava.io.tmpdir=" + dir}
	for _, opened := range []string{"java.lang", "java.util", "java.net", "java.nio", "java.io", "java.util.concurrent", "java.util.regex"} {
		argv = append(argv, "--add-opens=java.base/"+opened+"=ALL-UNNAMED")
	}
	cmd := exec.Command("java", append(argv, "-cp", conf+":"+classPath, "org.apache.hive.service.server.HiveServer2")...)
	cmd.Dir = dir
	p, err := l.procs.start(name, cmd, nil)
	if err != nil {
		return nil, err
	}
	return p, p.await(ctx, 3*time.Minute, func(ctx context.Context) error {
		row, err := identify(ctx)
		if err == nil && !strings.HasPrefix(row, hiveName+"\t") {
			err = fmt.Errorf("%s identifies itself as %q", name, row)
		}
		return err
	})
}

// hadoopXML writes settings as Hadoop and Hive read them.
func hadoopXML(settings []string) []byte {
	var b strings.Builder
	b.WriteString("<configuration>\n")
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		fmt.Fprintf(&b, "<property><name>%s</name><value>%s</value></property>\n", name, value)
	}
	b.WriteString("</configuration>\n")
	return []byte(b.String())
}
