package main

import (
	"net"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// matrixLogin are the flags of a login by password.
var matrixLogin = []string{"--auth", "ldap", "--user", "u", "--password-command", "printf %s '" + matrixSecret + "'", "--allow-cleartext-auth"}

// echoing is a login server that answers with the password that it was sent.
func echoing(c net.Conn) {
	for range 2 {
		_, payload, err := saslframe.ReadMessage(c, 1<<10)
		if err != nil {
			return
		}
		if _, _, password, err := saslframe.ParsePlain(payload); err == nil {
			_, _ = c.Write(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("no such password: "+password)))
		}
	}
	drain(c)
}

// matrixSecurity are faults of logins and certificates.
var matrixSecurity = []matrixRow{
	{
		id: "F21", fault: "a wrong password, an unknown mechanism, a bad status, COMPLETE too early, a payload of 4 GiB", report: "sasl.rejected with the server's words, sasl.mechanism, sasl.oversize; one login, no second", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{
			{name: "refused with the password", peer: scripted(echoing), args: append([]string{"smoke", "ADDR", "--quiet"}, matrixLogin...), exit: exitUnmeasured, class: "sasl.rejected", says: []string{"no such password: ***"}},
			{name: "4 GiB", peer: thatSays("\x05\xff\xff\xff\xff"), args: append([]string{"smoke", "ADDR", "--quiet"}, matrixLogin...), exit: exitUnmeasured, class: "sasl.oversize"},
			{name: "wrong", peer: listening(simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "another"}}), args: append([]string{"smoke", "ADDR", "--quiet"}, matrixLogin...), exit: exitUnmeasured, class: "sasl.rejected"},
		},
		shownBy: []string{"TestOpen_ClassesLoginAnswers", "TestSmoke_SendsAWrongPasswordOnce", "TestSmoke_NoSecondLoginAfterARejection"},
	},
	{
		id: "F22", fault: "Kerberos: no cache, an expired ticket, a wrong name, no KDC, a silent KDC, clock skew, no protection offered, a bad proof, altered tokens, a message again, what a server takes for a replay", report: "sasl.no-ticket, sasl.ticket-expired, sasl.unknown-service, sasl.kdc-unreachable, sasl.clock-skew, sasl.protection, sasl.server-proof, with ticket and clocks", exit: "1, 4", partial: "as far as the run came",
		shownBy: []string{"TestDoctor_NamesTheCauseOfAKerberosFailure", "TestDemo_ReportsFaults", "TestClient_HostileKDC", "TestKerberosLogin_Errors", "TestKerberos_ExpiredTicketIsNotSent", "TestKerberos_Refusals", "TestContext_AlteredTokensAreRefused", "TestProtectedStream_Errors", "TestInitiator_WantsTheServersProof", "TestNewAuthenticator_NoTwoHaveTheSameTime", "simkdc.mit-and-jdk", "TestNoHang_Sessions"},
	},
	{
		id: "F23", fault: "a certificate that has expired, or is not valid yet", report: "tls.expiry, with dates and the local clock", exit: "1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestTLS_Faults", "haproxy.tls.expired-intermediate"},
	},
	{
		id: "F24", fault: "self-signed, an unknown authority, an incomplete chain", report: "tls.chain, each as what it is", exit: "1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestHandshake_TellsChainsApart", "haproxy.tls.no-intermediate"},
	},
	{
		id: "F25", fault: "another host, a common name alone, depth of a wildcard, an address", report: "tls.host, with the names of the certificate", exit: "1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestHandshake_HostsThatACertificateIsFor", "TestTLS_Faults"},
	},
	{
		id: "F26", fault: "a trusted chain of the wrong issuer; another certificate on one node; one that changes in the run", report: "tls.issuer, tls.same-on-all-nodes", exit: "1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestExpectIssuerAndRoot", "TestHTTP_ChecksTheCertificateOfEachConnection", "haproxy.tls.wrong-issuer"},
	},
	{
		id: "F27", fault: "TLS 1.0 or 1.1 alone, no common cipher, a client certificate demanded, a handshake that stalls, a huge chain", report: "tls.version, tls.no-common-cipher, tls.client-certificate, tls.timeout, tls.chain-too-long", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{name: "a handshake that stalls", peer: taken, args: []string{"smoke", "ADDR", "--quiet", "--tls", "--timeout", "3s"}, exit: exitUnmeasured, class: "tls.timeout", says: []string{"tls.timeout"}}},
		shownBy: []string{"TestDemo_ReportsFaults", "TestHandshake_AgainstOtherProtocols", "TestClientCertificate", "TestHandshake_TellsChainsApart"},
	},
}
