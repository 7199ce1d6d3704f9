//go:build linux

package main

import (
	"context"
	"net"
	"strconv"
	"strings"
)

// impylaScript runs a query with impyla and prints the only row, separated by tabs.
// Arguments: host, port, query, mechanism, and a CA file, or "" for no TLS.
const impylaScript = `import sys
from impala.dbapi import connect
host, port, query, mechanism, ca = sys.argv[1:]
secure = {"use_ssl": True, "ca_cert": ca} if ca else {}
with connect(host, int(port), auth_mechanism=mechanism, user="interop", password="any", timeout=20, **secure) as connection:
    cursor = connection.cursor()
    cursor.execute(query)
    (row,) = cursor.fetchall()
    print(*row, sep="\t")`

// impylaArgs returns the command line that runs a query with impyla.
func (l *lab) impylaArgs(host, port, query, mechanism, ca string) ([]string, error) {
	dir, err := l.impyla()
	return []string{dir + "/bin/python", "-c", impylaScript, host, port, query, mechanism, ca}, err
}

// askImpyla runs a query on an HS2 server with impyla and returns the row.
func (l *lab) askImpyla(ctx context.Context, host string, port int, query, mechanism, ca string) (string, error) {
	argv, err := l.impylaArgs(host, strconv.Itoa(port), query, mechanism, ca)
	if err != nil {
		return "", err
	}
	out, err := runRequired(ctx, clientTimeout, nil, argv...)
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
