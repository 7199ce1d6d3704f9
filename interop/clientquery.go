//go:build linux

package main

import (
	"context"
	"encoding/json"
	"net"
	"strconv"
	"strings"
)

// impylaScript runs a query with impyla and prints the only row, separated by tabs.
// Arguments: host, port, query, and the other arguments of connect in JSON.
const impylaScript = `import json, sys
from impala.dbapi import connect
host, port, query, how = sys.argv[1:]
with connect(host, int(port), timeout=20, **json.loads(how)) as connection:
    cursor = connection.cursor()
    cursor.execute(query)
    (row,) = cursor.fetchall()
    cursor.close()  # with its session; a Spark's first close takes seconds
    print(*row, sep="\t")`

// impylaHow are arguments of impyla's connect.
type impylaHow map[string]any

// plainHow returns the arguments for a login without Kerberos; ca is a CA file, or ""
// for no TLS.
func plainHow(mechanism, ca string) impylaHow {
	how := impylaHow{"auth_mechanism": mechanism, "user": "interop", "password": "any"}
	if ca != "" {
		how["use_ssl"], how["ca_cert"] = true, ca
	}
	return how
}

// kerberosHow returns the arguments for a login with the balancer's principal.
func kerberosHow() impylaHow {
	return impylaHow{"auth_mechanism": "GSSAPI", "kerberos_service_name": krbService, "krb_host": lbName}
}

// overHTTP returns the same arguments for HS2 over HTTP.
func (how impylaHow) overHTTP() impylaHow {
	http := impylaHow{"use_http_transport": true, "http_path": httpPath}
	for name, value := range how {
		http[name] = value
	}
	return http
}

// impylaArgs returns the command line that runs a query with impyla.
func (l *lab) impylaArgs(host, port, query string, how impylaHow) ([]string, error) {
	dir, err := l.impyla()
	if err != nil {
		return nil, err
	}
	return how.args(dir, host, port, query)
}

// args returns the command line that runs a query with the impyla of a virtual
// environment.
func (how impylaHow) args(venv, host, port, query string) ([]string, error) {
	b, err := json.Marshal(how)
	return []string{venv + "/bin/python", "-c", impylaScript, host, port, query, string(b)}, err
}

// askImpyla runs a query on an HS2 server with impyla and returns the row.
func (l *lab) askImpyla(ctx context.Context, host string, port int, query string, how impylaHow, env ...string) (string, error) {
	argv, err := l.impylaArgs(host, strconv.Itoa(port), query, how)
	if err != nil {
		return "", err
	}
	out, err := runRequired(ctx, clientTimeout, env, argv...)
	return strings.TrimSuffix(string(out), "\n"), err
}

// askGohive runs a query on an HS2 server without SASL with gohive and returns the
// row.
func (l *lab) askGohive(ctx context.Context, address, query string) (string, error) {
	bin, err := l.gohive()
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	out, err := runRequired(ctx, clientTimeout, nil, bin, host, port, query)
	return strings.TrimSuffix(string(out), "\n"), err
}
