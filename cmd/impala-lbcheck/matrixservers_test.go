package main

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// matrixServers are faults of what a server says.
var matrixServers = []matrixRow{
	{
		id: "F11", fault: "random bytes", report: "open.garbage with the first bytes, quoted", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: thatSays("\xff\xfe\x00\x01\xff\xff"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.garbage", says: []string{`\xff\xfe\x00\x01`}}},
		shownBy: []string{"TestOpen_ClassesInvalidAnswers", "TestTampered_Replies"},
	},
	{
		id: "F12", fault: "lengths of 2 GiB, of -1, beyond a bound; products and sums of lengths", report: "oversize in the phase; memory at most four times the limit and 32 MiB", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{
			{name: "2 GiB", peer: thatSays("\x80\x01\x00\x02\x7f\xff\xff\xff"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.oversize", says: []string{"open.oversize"}},
			{name: "-1", peer: thatSays("\x80\x01\x00\x02\xff\xff\xff\xff"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.oversize"},
		},
		shownBy: []string{"TestOpen_ClassesInvalidAnswers", "TestQuery_BoundsMemory", "TestQuery_SurvivesInLittleAddressSpace", "TestMemory_BoundsAllSessionsTogether", "TestConn_PromisesCount"},
	},
	{
		id: "F13", fault: "deep nesting, containers of nothing, unknown and repeated fields", report: "oversize; unknown fields are skipped", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{{
			peer: thatSays("\x80\x01\x00\x02\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01" + strings.Repeat("\x0c\x00\x09", 100_000)),
			args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.oversize", says: []string{"nested too deeply"},
		}},
		shownBy: []string{"TestOpen_ClassesInvalidAnswers", "TestOpen_SkipsUnknownFields", "FuzzDecodeRows"},
	},
	{
		id: "F14", fault: "wrong number or method, exception, wrong type, short bitmap, ragged columns", report: "mismatch in the phase; no row is counted that was not said", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: thatSays("\x80\x01\x00\x02\x00\x00\x00\x0bOpenSession\x00\x00\x00\x07\x00"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.mismatch", says: []string{"the answer to another call"}}},
		shownBy: []string{"TestOpen_ClassesInvalidAnswers", "TestQuery_RejectsInconsistentColumns", "TestRows_EveryColumnTypeAndNulls"},
	},
	{
		id: "F15", fault: "UNKNOWN_METHOD for Ping and others", report: "a capability less; the run goes on", exit: "0",
		shownBy: []string{"TestSession_ServerWithoutSomeCalls", "TestIdentity_WithoutPing", "spark.haproxy.query", "TestDemo_ReportsFaults"},
	},
	{
		id: "F16", fault: "HTTP on a Thrift port; Thrift on an HTTP port", report: "open.http, with the setting that would speak it", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{
			{name: "HTTP on a Thrift port", peer: thatSays("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.http", says: []string{"--protocol hs2-http"}},
			{name: "Thrift on an HTTP port", peer: thatSays("\x80\x01\x00\x02"), args: []string{"smoke", "ADDR", "--quiet", "--protocol", "hs2-http"}, exit: exitUnmeasured, class: "open.garbage"},
		},
		shownBy: []string{"TestHTTP_OtherwiseConnected", "doctor.ports"},
	},
	{
		id: "F17", fault: "HS2 over HTTP: 302, 401, 403, 404, 413, 502, 503 with Retry-After, cut chunks, gzip, an HTML page, cookies", report: "open.redirect, sasl.rejected, open.no-path, open.unavailable, http-status, garbage; a 503 is told and not retried", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{
			{name: "503", peer: thatSays("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"), args: []string{"smoke", "ADDR", "--quiet", "--protocol", "hs2-http"}, exit: exitUnmeasured, class: "open.unavailable", says: []string{"Retry-After: 7"}},
			{name: "a page", peer: thatSays("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"), args: []string{"smoke", "ADDR", "--quiet", "--protocol", "hs2-http"}, exit: exitUnmeasured, class: "open.garbage", says: []string{"text/html"}},
		},
		shownBy: []string{"TestHTTP_ClassesStatuses", "TestHTTP_ClassesInvalidAnswers", "TestHTTP_Cookies", "TestDemo_ReportsFaults"},
	},
	{
		id: "F18", fault: "TLS to a plain port", report: "tls.not-tls", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: thatSays("\x80\x01\x00\x02\x00\x00\x00\x00"), args: []string{"smoke", "ADDR", "--quiet", "--tls"}, exit: exitUnmeasured, class: "tls.not-tls", says: []string{"tls.not-tls"}}},
		shownBy: []string{"TestHandshake_AgainstOtherProtocols"},
	},
	{
		id: "F19", fault: "a plain client to a TLS port", report: "open.needs-tls, or what the diagnostic connections heard", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: listening(simcluster.Config{TLS: true}), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.needs-tls", says: []string{"--tls"}}},
		shownBy: []string{"TestSmoke_NamesWhatAnswersInstead", "doctor.ports"},
	},
	{
		id: "F20", fault: "a login that the server does not want, or one that it wants and gets none", report: "open.needs-sasl, sasl.garbage, or open.eof and what the diagnostic connections heard; the mechanism to set", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{{
			name: "no login", peer: listening(simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": matrixSecret}}),
			args: []string{"smoke", "ADDR", "--quiet", "--timeout", "20s"}, exit: exitUnmeasured, class: "open.eof", says: []string{"a login", "--auth ldap"},
		}},
		shownBy: []string{"TestOpen_ClassesLoginAnswers", "TestSmoke_NamesWhatAnswersInstead"},
	},
}
