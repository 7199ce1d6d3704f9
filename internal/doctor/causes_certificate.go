package doctor

import "github.com/impala-lbcheck/impala-lbcheck/vocab"

// certificateCauses are of the handshake and of what the listener shows in it.
var certificateCauses = []Cause{
	ofCertificate("expired", "A certificate of the chain has expired", vocab.KindExpired, "`certificate has expired`", "`CertificateExpiredException`"),
	ofCertificate("not-yet-valid", "A certificate of the chain is not valid yet", vocab.KindNotYetValid, "`certificate is not yet valid`"),
	ofCertificate("self-signed", "The certificate signed itself", vocab.KindSelfSigned, "`self signed certificate`", "`PKIX path building failed`"),
	ofCertificate("unknown-ca", "The chain ends at an authority that is not trusted here", vocab.KindUnknownCA, "`unable to get local issuer certificate`", "`PKIX path building failed`"),
	ofCertificate("incomplete-chain", "The listener does not send the intermediate certificate", vocab.KindIncomplete,
		"`unable to verify the first certificate`", "browsers and some clients get in, others do not"),
	ofCertificate("wrong-name", "The certificate is for another name", vocab.KindHostname, "`doesn't match`, `Hostname mismatch`", "`No subject alternative DNS name matching`"),
	ofCertificate("constraint", "An authority of the chain may not issue such a certificate", vocab.KindConstraint),
	ofCertificate("chain-too-long", "The chain is longer than clients follow", vocab.KindTooLong),
	ofCertificate("weak-signature", "A signature of the chain is by an algorithm that is not trusted any more", vocab.KindWeakSignature, "`ca md too weak`", "`Certificates do not conform to algorithm constraints`"),
	ofCertificate("old-tls", "The listener speaks only versions of TLS that are too old", vocab.KindVersion, "`unsupported protocol`", "`protocol_version`"),
	ofCertificate("no-common-cipher", "The two sides have no cipher suite in common", vocab.KindNoCipher, "`handshake_failure`", "`no cipher suites in common`"),
	ofCertificate("server-name", "The listener has no certificate for the name that was asked for", vocab.KindServerName, "`unrecognized_name`"),
	ofCertificate("client-certificate", "The listener requires a client certificate (mutual TLS)", vocab.KindClientCert, "`certificate required`", "`bad_certificate`"),
	ofCertificate("policy", "The certificate is not of the issuer or root that was asked for", vocab.KindPolicy),
	ofCertificate("tls-alert", "The listener refused the handshake", vocab.KindAlert, "`SSLV3_ALERT`", "`handshake alert`"),
	{
		ID: "tls-silent", Title: "The handshake gets no answer, or the connection ends in it",
		Users:   []string{"`EOF occurred in violation of protocol`", "`Remote host terminated the handshake`"},
		Command: "doctor HOST",
		fits:    in(vocab.PhaseTLS, vocab.KindTimeout, vocab.KindEOF, vocab.KindReset, vocab.KindMismatch),
		sample:  sampleOf(vocab.PhaseTLS, vocab.KindEOF),
	},
}

// ofCertificate is a cause with a kind of its own, which command tls shows on every node.
func ofCertificate(id, title string, kind vocab.Kind, users ...string) Cause {
	return Cause{
		ID: id, Title: title, Users: users, Command: "tls HOST",
		fits: in(vocab.PhaseTLS, kind), sample: sampleOf(vocab.PhaseTLS, kind),
	}
}
