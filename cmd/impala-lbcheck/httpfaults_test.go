package main

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// overHTTP are the settings of demo for HS2 over HTTP with passwords.
const overHTTP = "--protocol hs2-http --auth ldap --tls"

// byTicket are the settings of demo for HS2 over HTTP with Kerberos.
const byTicket = "--protocol hs2-http --auth kerberos"

// ticketFaults are the rows of faults that only Kerberos has.
var ticketFaults = []faultRow{
	oneRefusesTickets("wrong-keytab@2", "--auth kerberos"),
	oneRefusesTickets("skewed-clock=10m@2", "--auth kerberos"),
	oneRefusesTickets("wrong-keytab@2", byTicket),
	oneRefusesTickets("skewed-clock=10m@2", byTicket),
	{
		faults: []string{"strips-authorization"}, settings: byTicket,
		exit: 4, noHealthyRun: true, reported: "nothing measured (sasl.no-credentials), with the proxy as the cause",
		contains: []string{"sasl.no-credentials", "a proxy between here and the coordinator removes the Authorization header"},
	}, {
		faults: []string{"strips-authorization@1"}, settings: byTicket,
		fails: []string{scenarios.ErrorsRate}, exit: 1, noHealthyRun: true, reported: "errors.rate (sasl.no-credentials), with the node: a ticket that does not arrive locks nothing, so the run goes on",
		contains: []string{"sasl.no-credentials", "failed, none of", "removes the Authorization header"},
	}, {
		faults: []string{"foreign-cookie"}, settings: byTicket,
		noHealthyRun: true, reported: "passes: each call that is refused is sent once more with a ticket, to the session's own coordinator",
	}, {
		faults: []string{"cookie-dropped"}, settings: byTicket,
		noHealthyRun: true, reported: "passes: each call has a ticket of its own",
	},
}

// oneRefusesTickets is the row of a fault with which the second coordinator refuses every
// ticket.
func oneRefusesTickets(fault, settings string) faultRow {
	return faultRow{
		faults: []string{fault}, settings: settings,
		fails: []string{scenarios.ErrorsRate}, exit: 1,
		sometimes: []outcome{{exit: 4, atMost: 25}}, // every scout met that coordinator
		reported:  "errors.rate (sasl.rejected), with the ticket and the name of the coordinator; a refused ticket locks nothing, so the run goes on",
		contains:  []string{"sasl.rejected", "ticket for impala/impala.example.com@EXAMPLE.COM", "coord-a2"},
	}
}

// httpFaults are the rows of faults that only HS2 over HTTP has.
var httpFaults = []faultRow{
	{
		faults: []string{"login-page@1"}, settings: overHTTP,
		fails: []string{scenarios.ErrorsRate}, exit: 1, reported: "errors.rate (open.redirect), with the node and where it leads to",
		contains: []string{"open.redirect", "https://login.example.com/oauth2/start", "errors.rate"},
	}, {
		faults: []string{"http-503=2s@1"}, settings: overHTTP,
		fails: []string{scenarios.ErrorsRate}, exit: 1, reported: "errors.rate (open.unavailable), with Retry-After",
		contains: []string{"open.unavailable", "Retry-After: 2"},
	}, {
		faults: []string{"login-page"}, settings: overHTTP,
		exit: 4, noHealthyRun: true, reported: "nothing measured (open.redirect)",
		contains: []string{"open.redirect"},
	}, {
		faults: []string{"strips-authorization"}, settings: overHTTP,
		exit: 4, noHealthyRun: true, reported: "nothing measured (sasl.rejected): a server with LDAP alone answers a missing password as it does a wrong one",
		contains: []string{"sasl.rejected", "HTTP 401"},
	}, {
		faults: []string{"auth-reject"}, settings: "--protocol hs2-http --auth jwt --tls",
		exit: 4, reported: "nothing measured (sasl.rejected)",
		contains: []string{"sasl.rejected", "invalid_token"},
	}, {
		faults: []string{"cookie-dropped"}, settings: overHTTP,
		noHealthyRun: true, reported: "passes: the password is in every request",
	}, {
		faults: []string{"foreign-cookie"}, settings: overHTTP,
		exit: 4, noHealthyRun: true, reported: "nothing measured (open.foreign-handle): the password is accepted everywhere, the session is not known there",
		contains: []string{"open.foreign-handle"},
	}, {
		faults: []string{"foreign-handle=50"}, settings: overHTTP,
		fails: []string{scenarios.AffinityCalls, scenarios.ErrorsRate}, exit: 1, noHealthyRun: true,
		reported: "affinity.calls; errors.rate (foreign-handle, in the phase of the call)",
		contains: []string{"foreign-handle", "persistence by a cookie of the balancer"},
	},
}
