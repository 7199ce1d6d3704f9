package main

import (
	"slices"
	"strings"
)

// badScenario is a try of a scenario that is none.
func badScenario(name, src string, says ...string) matrixTry {
	return matrixTry{
		name: name, files: map[string]string{"s.yaml": src}, args: []string{"run", "DIR/s.yaml"}, exit: exitUsage, says: says,
	}
}

// refused is a try of a command line that is none.
func refused(name, says string, args ...string) matrixTry {
	return matrixTry{name: name, args: args, exit: exitUsage, says: []string{says}}
}

// withKerberos are the flags of a login with a ticket.
var withKerberos = []string{"smoke", "127.0.0.1:1", "--auth", "kerberos", "--kerberos-host-fqdn", "h.example.com"}

// withKeytab is a try of a keytab that is none.
func withKeytab(name string, files map[string]string) matrixTry {
	return matrixTry{
		name: name, files: files, args: slices.Concat(withKerberos, []string{"--principal", "u@EXAMPLE.COM", "--keytab", "DIR/k"}), exit: exitUsage, says: []string{"DIR/k"},
	}
}

// withCache is a try of a credential cache that is none.
func withCache(name, text string) matrixTry {
	return matrixTry{
		name: name, files: map[string]string{"c": text}, args: slices.Concat(withKerberos, []string{"--ccache", "DIR/c"}),
		exit: exitUnmeasured, class: "sasl.no-ticket", says: []string{"not a Kerberos credential cache"},
	}
}

// bomb is an alias of aliases.
var bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + strings.Repeat("b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n", 50)

// matrixInputs are faults of what a user gives.
var matrixInputs = []matrixRow{
	{
		id: "F47", fault: "a scenario: a wrong type, an unknown or repeated key, an alias bomb, endless, NUL, a byte order mark, empty, tabs", report: "file, line and column, and the nearest key; nothing is started", exit: "2",
		tries: []matrixTry{
			badScenario("a wrong type", "load: {sessions: many}\n", "s.yaml:1:"),
			badScenario("an unknown key", "target: {endpoints: [a:1]}\nload: {sesions: 3}\n", "s.yaml:2:", "sessions"),
			badScenario("a key twice", "name: a\nname: b\n", "s.yaml:2:"),
			badScenario("an alias bomb", bomb, "s.yaml:"),
			badScenario("NUL", "name: a\x00b\n", "s.yaml:"),
			badScenario("tabs", "load:\n\tsessions: 3\n", "s.yaml:2:"),
			badScenario("no mapping", "- - - -\n", "s.yaml:1:"),
			badScenario("empty", "", "the file is empty"),
			{name: "endless", linux: true, args: []string{"run", "/dev/zero"}, exit: exitUsage, says: []string{"/dev/zero"}},
		},
		shownBy: []string{"TestParse_Errors", "TestParse_ReportsAllErrors", "FuzzParseScenario", "TestReadFile_IsBounded"},
	},
	{
		id: "F48", fault: "flags: zero, negative, too large, a wrong duration, contradictions, a missing value, an unknown flag, a secret in an argument", report: "one line on stderr, with what to write", exit: "2",
		tries: []matrixTry{
			refused("zero", "write a whole number from 1", "smoke", "h:1", "--sessions", "0"),
			refused("negative", "write a whole number from 1", "smoke", "h:1", "--sessions=-3"),
			refused("a contradiction", "needs TLS; add --tls", "smoke", "h:1", "--ca-cert", "DIR/ca.pem"),
			refused("too large", "write a whole number from 1", "smoke", "h:1", "--sessions", "99999999999999999999"),
			refused("a wrong duration", "write for example", "smoke", "h:1", "--timeout", "5x"),
			refused("no value", "--timeout", "smoke", "h:1", "--timeout"),
			refused("unknown", "--sessions", "smoke", "h:1", "--sesions", "3"),
			refused("a secret", "every process on this host can read a command line", "smoke", "h:1", "--password", matrixSecret),
		},
		shownBy: []string{"TestScripts", "TestCommandLine_RefusesWhatNoCommandTakes"},
	},
	{
		id: "F49", fault: "a file of authorities, a certificate, a keytab or a cache that is missing, empty, something else, or a pipe to which nobody writes", report: "the file and what it should hold; a cache is read when a session needs a ticket: sasl.no-ticket", exit: "2, 4",
		tries: []matrixTry{
			refused("no CA file", "--ca-cert: open", "smoke", "h:1", "--tls", "--ca-cert", "DIR/none.pem"),
			{name: "an empty CA file", files: map[string]string{"ca.pem": ""}, args: []string{"smoke", "h:1", "--tls", "--ca-cert", "DIR/ca.pem"}, exit: exitUsage, says: []string{"no certificate in it"}},
			withKeytab("no keytab", nil),
			withKeytab("an empty keytab", map[string]string{"k": ""}),
			withKeytab("a keytab that is none", map[string]string{"k": "no keytab"}),
			refused("no cache", "--ccache: open", slices.Concat(withKerberos, []string{"--ccache", "DIR/c"})...),
			withCache("an empty cache", ""),
			withCache("a cache that is none", "no cache"),
			refused("no certificate of the client", "--client-key: open", "smoke", "h:1", "--tls", "--client-cert", "DIR/c.pem", "--client-key", "DIR/c.key"),
			{name: "a certificate of the client that is none", files: map[string]string{"c.pem": "x", "c.key": "x"}, args: []string{"smoke", "h:1", "--tls", "--client-cert", "DIR/c.pem", "--client-key", "DIR/c.key"}, exit: exitUsage, says: []string{"--client-key DIR/c.key: no key in it"}},
		},
		shownBy: []string{"TestPasswordFile_RefusedIfOthersCanRead", "TestCacheFile", "TestNoHang_Files"},
	},
}
