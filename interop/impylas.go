//go:build linux

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// impylaCases returns the ways in of a release of impyla. Over HTTP it dials anew for each
// call.
func impylaCases(l *lab, release string, install func() (string, error)) []clientCase {
	at := func(protocol, host string, how func() (impylaHow, error), prefix func(*lab) ([]string, error)) func(*cluster) ([]string, error) {
		return func(c *cluster) ([]string, error) {
			dir, err := install()
			if err != nil {
				return nil, err
			}
			arguments, err := how()
			if err != nil {
				return nil, err
			}
			env, err := prefix(l)
			if err != nil {
				return nil, err
			}
			if host == simName {
				arguments = maps.Clone(arguments)
				arguments["use_ssl"], arguments["ca_cert"] = true, c.ca
			}
			if protocol == "hs2-http" && release == "0.18" {
				delete(arguments, "ca_cert") // it checks no certificate over HTTP, and refuses to try
			}
			if protocol == "hs2-http" {
				arguments = arguments.overHTTP()
			}
			argv, err := arguments.args(dir, host, portOf(c.listeners(protocol)[0]), pidQuery)
			return append(env, argv...), err
		}
	}
	fixed := func(how impylaHow) func() (impylaHow, error) { return func() (impylaHow, error) { return how, nil } }
	ldap := fixed(impylaHow{"auth_mechanism": "LDAP", "user": ldapUser, "password": ldapPassword})
	wrong := fixed(impylaHow{"auth_mechanism": "LDAP", "user": ldapUser, "password": "wrong"})
	kerberos := fixed(kerberosHow())
	token := func(file func(tokens) string) func() (impylaHow, error) {
		return func() (impylaHow, error) {
			t, err := l.tokens()
			if err != nil {
				return nil, err
			}
			b, err := os.ReadFile(file(t))
			return impylaHow{"auth_mechanism": "JWT", "jwt": string(b)}, err
		}
	}
	name := func(way string) string { return "client.impyla-" + release + "." + way }
	cases := []clientCase{
		{name: name("hs2"), cluster: l.openWays, argv: at("hs2", simNode, fixed(plainHow("NOSASL", "")), noPrefix)},
		{name: name("http"), cluster: l.openWays, argv: at("hs2-http", simNode, fixed(impylaHow{}), noPrefix)},
		{name: name("ldap-tls"), cluster: l.loginWays, argv: at("hs2", simName, ldap, noPrefix), rejectedArgv: at("hs2", simName, wrong, noPrefix)},
		{name: name("http-ldap-tls"), cluster: l.loginWays, argv: at("hs2-http", simName, ldap, noPrefix), rejectedArgv: at("hs2-http", simName, wrong, noPrefix)},
		{name: name("kerberos"), cluster: l.loginWays, argv: at("hs2", simName, kerberos, ticketPrefix), rejectedArgv: at("hs2", simName, kerberos, noTicketPrefix)},
		{name: name("http-kerberos"), cluster: l.loginWays, argv: at("hs2-http", simName, kerberos, ticketPrefix), rejectedArgv: at("hs2-http", simName, kerberos, noTicketPrefix)},
		{name: name("jwt"), cluster: l.tokenWays, argv: at("hs2-http", simName, token(func(t tokens) string { return t.good }), noPrefix),
			rejectedArgv: at("hs2-http", simName, token(func(t tokens) string { return t.forged }), noPrefix)},
	}
	for i := range cases {
		cases[i].runs = 1
	}
	return cases
}

// inspectScript reads the schema with SQLAlchemy; its arguments are the host and the port.
const inspectScript = `import sys
from sqlalchemy import create_engine, inspect, text
engine = create_engine("impala://%s:%s/default" % tuple(sys.argv[1:]), connect_args={"auth_mechanism": "NOSASL"})
seen = inspect(engine)
schemas = seen.get_schema_names()
tables = [(s, t) for s in schemas for t in seen.get_table_names(schema=s)]
columns = [c for s, t in tables for c in seen.get_columns(t, schema=s)]
print(len(schemas), "schemas,", len(tables), "tables,", len(columns), "columns")`

// inspectProofs use what is built on impyla: SQLAlchemy and dbt.
func inspectProofs(l *lab, prepare func()) []proof {
	return []proof{
		{name: "client.sqlalchemy.inspect", prepare: prepare, run: l.proveInspect},
		{name: "client.dbt.debug", prepare: prepare, run: l.proveDBT},
	}
}

func (l *lab) proveInspect(ctx context.Context) (evidence, error) {
	c, err := l.openWays()
	if err != nil {
		return evidence{}, err
	}
	dir, err := l.impyla18()
	if err != nil {
		return evidence{}, err
	}
	out, err := runRequired(ctx, clientTimeout, nil, dir+"/bin/python", "-c", inspectScript, simNode, portOf(c.addresses()[0]))
	if err != nil {
		return evidence{}, err
	}
	var schemas, tables, columns int
	if _, err := fmt.Sscanf(string(out), "%d schemas, %d tables, %d columns", &schemas, &tables, &columns); err != nil {
		return evidence{}, fmt.Errorf("it printed %q: %w", out, err)
	}
	if schemas == 0 || tables == 0 || columns == 0 {
		return evidence{}, fmt.Errorf("it saw %s", out)
	}
	return evidence{numbers: "SQLAlchemy 1.4 sees " + strings.TrimSpace(string(out))}, nil
}

const (
	dbtProfile = `interop:
  target: dev
  outputs:
    dev: {type: impala, host: %s, port: %s, dbname: default, schema: default, auth_type: insecure,
          use_http_transport: false, use_ssl: false, usage_tracking: false}
`
	dbtProject = "name: interop\nversion: 1.0.0\nprofile: interop\n"
)

// proveDBT runs "dbt debug", which connects and queries.
func (l *lab) proveDBT(ctx context.Context) (evidence, error) {
	c, err := l.openWays()
	if err != nil {
		return evidence{}, err
	}
	venv, err := l.dbt()
	if err != nil {
		return evidence{}, err
	}
	dir := l.file("run", "dbt")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return evidence{}, err
	}
	profile := fmt.Sprintf(dbtProfile, simNode, portOf(c.addresses()[0]))
	for name, text := range map[string]string{"profiles.yml": profile, "dbt_project.yml": dbtProject} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			return evidence{}, err
		}
	}
	argv := slices.Concat([]string{"env", "DBT_SEND_ANONYMOUS_USAGE_STATS=false"},
		[]string{venv + "/bin/dbt", "--no-version-check", "--no-use-colors", "debug", "--profiles-dir", dir, "--project-dir", dir})
	out, err := runRequired(ctx, 2*clientTimeout, nil, argv...)
	if err != nil {
		return evidence{}, err
	}
	for _, words := range []string{"Connection test: [OK connection ok]", "All checks passed!"} {
		if !strings.Contains(string(out), words) {
			return evidence{}, fmt.Errorf("%q is not in its output: %s", words, tail(out))
		}
	}
	return evidence{numbers: "dbt debug: connection ok, all checks passed"}, nil
}
