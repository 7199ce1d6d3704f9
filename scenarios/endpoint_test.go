package scenarios_test

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestSplitEndpoint(t *testing.T) {
	t.Parallel()
	for endpoint, c := range map[string]struct {
		host string
		port uint16
		err  string // "": none
	}{
		"impala.example.com":              {"impala.example.com", 21050, ""},
		"impala.example.com:443":          {"impala.example.com", 443, ""},
		"Impala_1.example.com.:443":       {"Impala_1.example.com.", 443, ""},
		"127.0.0.1":                       {"127.0.0.1", 21050, ""},
		"127.0.0.1:1":                     {"127.0.0.1", 1, ""},
		"[::1]":                           {"::1", 21050, ""},
		"[2001:db8::1]:65535":             {"2001:db8::1", 65535, ""},
		"[fe80::1%eth0]:1":                {"fe80::1%eth0", 1, ""},
		"":                                {"", 0, "an endpoint is empty; write host or host:port"},
		":21050":                          {"", 0, `invalid host name or address ""`},
		"2001:db8::1":                     {"", 0, `"2001:db8::1": write an IPv6 address in brackets, such as [2001:db8::1]:21050`},
		"::1:21050":                       {"", 0, `"::1:21050": write an IPv6 address in brackets, such as [2001:db8::1]:21050`},
		"[127.0.0.1]:1":                   {"", 0, `"[127.0.0.1]:1": only an IPv6 address has brackets`},
		"[::1":                            {"", 0, `"[::1": write host:port`},
		"[::1]x:1":                        {"", 0, `"[::1]x:1": write host:port`},
		"a:0":                             {"", 0, `"a:0": a port is a number from 1 to 65535`},
		"a:65536":                         {"", 0, `"a:65536": a port is a number from 1 to 65535`},
		"a:":                              {"", 0, `"a:": a port is a number from 1 to 65535`},
		"a:hs2":                           {"", 0, `"a:...": a port is a number from 1 to 65535`},
		"a:1:2":                           {"", 0, `invalid host name or address "a:1:2"`},
		"https://a":                       {"", 0, `"https://a": write host:port, without a scheme`},
		"a/b":                             {"", 0, `"a/b": write only host:port`},
		"u@a":                             {"", 0, `"...@a": write only host:port; user and password are separate settings`},
		"u:p4ss@a:1":                      {"", 0, `"...@a:1": write only host:port; user and password are separate settings`},
		"u:p@ss@a":                        {"", 0, `"...@a": write only host:port; user and password are separate settings`},
		"ldap://u:p4ss@a:1":               {"", 0, `"...@a:1": write only host:port; user and password are separate settings`},
		"jdbc:hive2://a:1/;pwd=p4ss":      {"", 0, `"jdbc:hive2://a:1/...": write host:port, without a scheme`},
		"u:p4ss":                          {"", 0, `"u:...": a port is a number from 1 to 65535`},
		"u:p4ss/a":                        {"", 0, `"u:...": write only host:port`},
		"u:p4ss a":                        {"", 0, `"u:...": write only host:port`},
		"a,b":                             {"", 0, `"a,b": write only host:port`},
		"a..b":                            {"", 0, `invalid host name or address "a..b"`},
		"-a":                              {"", 0, `invalid host name or address "-a"`},
		"a\x00b":                          {"", 0, `invalid host name or address "a\x00b"`},
		strings.Repeat("a", 64):           {"", 0, `invalid host name or address "` + strings.Repeat("a", 40) + `..."`},
		strings.Repeat("a.", 127):         {strings.Repeat("a.", 127), 21050, ""},
		strings.Repeat("ab.", 84) + "abc": {"", 0, `invalid host name or address "` + strings.Repeat("ab.", 13) + `a..."`},
	} {
		t.Run(endpoint, func(t *testing.T) {
			t.Parallel()
			host, port, err := scenarios.SplitEndpoint(endpoint, 21050)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if host != c.host || port != c.port || text != c.err {
				t.Errorf("got %q, %d, %s", host, port, text)
			}
		})
	}
}
