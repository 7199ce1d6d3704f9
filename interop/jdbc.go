//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// jdbcVersion is the version in jdbc/pom.xml.
const jdbcVersion = "4.1.0"

// installJDBC resolves hive-jdbc's standalone jar from Maven Central, compiles
// jdbc/Query.java and returns the class path of both.
func (l *lab) installJDBC(ctx context.Context) (string, error) {
	if err := l.packages(); err != nil {
		return "", err
	}
	path := l.file("hive-jdbc-" + jdbcVersion + ".classpath")
	source := filepath.Join(l.root, "interop", "jdbc")
	if _, err := os.Stat(path); err != nil {
		if _, err := runRequired(ctx, installTimeout, nil, "mvn", "-q", "-B", "-f", filepath.Join(source, "pom.xml"),
			"dependency:build-classpath", "-Dmdep.outputFile="+path); err != nil {
			return "", err
		}
	}
	jar, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	classes := l.file("jdbc")
	_, err = runRequired(ctx, time.Minute, nil, "javac", "-d", classes, filepath.Join(source, "Query.java"))
	return classes + ":" + strings.TrimSpace(string(jar)), err
}

// jdbcCases returns the ways in of hive-jdbc, each with its metadata calls, and of
// Spark's beeline over HTTP.
func jdbcCases(l *lab) []clientCase {
	at := func(protocol, host, url string, login []string, java ...string) func(*cluster) ([]string, error) {
		return func(c *cluster) ([]string, error) {
			classPath, err := l.jdbc()
			if err != nil {
				return nil, err
			}
			address := host + ":" + portOf(c.listeners(protocol)[0])
			return append(append([]string{"java", "-Xmx300m"}, java...), "-cp", classPath, "Query",
				"jdbc:hive2://"+address+"/"+url, pidQuery, login[0], login[1]), nil
		}
	}
	secure := func(protocol, url string, login []string) func(*cluster) ([]string, error) {
		return func(c *cluster) ([]string, error) {
			store, err := l.trustStore(c.ca)
			if err != nil {
				return nil, err
			}
			k, err := l.kdc()
			if err != nil {
				return nil, err
			}
			argv, err := at(protocol, simName, url+";ssl=true;sslTrustStore="+store+";trustStorePassword="+storePassword, login,
				"-Djava.security.krb5.conf="+k.conf(kdcPort), "-Djavax.security.auth.useSubjectCredsOnly=false")(c)
			if err != nil || login[0] != "" {
				return argv, err
			}
			env, err := ticketPrefix(l)
			return append(env, argv...), err
		}
	}
	const http = ";transportMode=http;httpPath=" + httpPath
	nobody, alice, wrong := []string{"", ""}, []string{ldapUser, ldapPassword}, []string{ldapUser, "wrong"}
	cases := []clientCase{
		{name: "client.hive-jdbc.hs2", cluster: l.openWays, argv: at("hs2", simNode, ";auth=noSasl", nobody)},
		{name: "client.hive-jdbc.http", cluster: l.openWays, argv: at("hs2-http", simNode, http, alice)},
		{name: "client.hive-jdbc.ldap-tls", cluster: l.loginWays, argv: secure("hs2", "", alice), rejectedArgv: secure("hs2", "", wrong)},
		{name: "client.hive-jdbc.http-ldap-tls", cluster: l.loginWays, argv: secure("hs2-http", http, alice), rejectedArgv: secure("hs2-http", http, wrong)},
		{name: "client.hive-jdbc.kerberos", cluster: l.loginWays, argv: secure("hs2", ";principal="+lbPrincipal, nobody),
			rejectedArgv: secure("hs2", ";principal=impala/coord1.example.com@"+realm, nobody)},
		{name: "client.hive-jdbc.http-kerberos", cluster: l.loginWays, argv: secure("hs2-http", http+";cookieName=impala.auth;principal="+lbPrincipal, nobody)},
		{name: "client.hive-jdbc.jwt", cluster: l.tokenWays, argv: func(c *cluster) ([]string, error) {
			t, err := l.tokens()
			if err != nil {
				return nil, err
			}
			b, err := os.ReadFile(t.good)
			if err != nil {
				return nil, err
			}
			return secure("hs2-http", http+";auth=jwt;jwt="+string(b), nobody)(c)
		}},
		{name: "client.beeline.http", cluster: l.openWays, argv: func(c *cluster) ([]string, error) {
			dir, err := l.sparkVenv()
			return []string{"bash", "-c", beelineScript, dir, "jdbc:hive2://" + c.listeners("hs2-http")[0] + "/" + http}, err
		}},
	}
	for i := range cases {
		cases[i].runs = 1
	}
	return cases
}

const storePassword = "interop"

// trustStore returns a file for Java that trusts a CA.
func (l *lab) trustStore(ca string) (string, error) {
	store := strings.TrimSuffix(ca, ".pem") + ".p12"
	os.Remove(store) // of an earlier run
	_, err := runRequired(context.Background(), time.Minute, nil, "keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", ca,
		"-keystore", store, "-storetype", "PKCS12", "-storepass", storePassword)
	return store, err
}
