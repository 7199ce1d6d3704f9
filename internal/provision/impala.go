package provision

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Impala's default ports for HiveServer2, Beeswax and HiveServer2 over HTTP.
const (
	hs2Port     = 21050
	beeswaxPort = 21000
	httpPort    = 28000
)

// Smoke lists a command line for each listener that this program can test, and a
// note for each that it cannot.
func (o Outputs) Smoke() (lines, notes []string) {
	for _, port := range o.Listeners {
		line := "impala-lbcheck smoke " + o.endpoint(port) + " --expect-coordinators " + strconv.Itoa(len(o.Coordinators))
		switch port {
		case beeswaxPort:
			line += " --protocol beeswax"
		case httpPort:
			notes = append(notes, fmt.Sprintf("Listener %d is not tested by smoke, which does not support hs2-http; use impala-shell --protocol=hs2-http.", port))
			continue
		}
		if o.TLS != nil {
			line += " --tls"
		}
		lines = append(lines, line)
	}
	return lines, notes
}

func (o Outputs) endpoint(port uint16) string {
	return net.JoinHostPort(o.Host, strconv.Itoa(int(port)))
}

// ImpalaSettings lists the settings of Impala and its clients for the load
// balancer; "" if there is none.
func ImpalaSettings(o Outputs) string {
	if o.Host == "" || len(o.Listeners) == 0 {
		return ""
	}
	main := o.Listeners[0]
	for _, p := range o.Listeners {
		if p == hs2Port {
			main = p
		}
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("Cloudera Manager, Impala, \"Impala Daemons Load Balancer\":")
	say("  %s", o.endpoint(main))
	say("Without Cloudera Manager, with Kerberos, on each coordinator (_HOST is its name):")
	say("  --principal=impala/%s@REALM --be_principal=impala/_HOST@REALM", o.Host)
	say("  and a keytab with both principals")
	if o.Host != o.DNSName {
		say("DNS: make %s an alias of (or a CNAME to)", o.Host)
		say("  %s  (hosted zone %s)", o.DNSName, orUnknown(o.ZoneID))
	}
	say("impala-shell:")
	say("  impala-shell -i %s%s", o.endpoint(main), shellFlags(main, o.TLS != nil))
	say("Hue, hue.ini:")
	say("  [impala]")
	say("  server_host=%s", o.Host)
	say("  server_port=%d", main)
	if o.TLS != nil {
		say("  [[ssl]]")
		say("  enabled=true")
		say("  validate=true")
	}
	say("JDBC:")
	say("  jdbc:impala://%s/default%s", o.endpoint(main), jdbcSuffix(o.TLS != nil))
	return b.String()
}

func orUnknown(id string) string {
	if id == "" {
		return "see the AWS console"
	}
	return id
}

// shellFlags chooses the protocol by the port, which impala-shell does not do.
func shellFlags(port uint16, tls bool) string {
	flags := " --protocol=hs2"
	switch port {
	case beeswaxPort:
		flags = " --protocol=beeswax"
	case httpPort:
		flags = " --protocol=hs2-http"
	}
	if tls {
		flags += " --ssl"
	}
	return flags
}

func jdbcSuffix(tls bool) string {
	if tls {
		return ";SSL=1"
	}
	return ""
}
