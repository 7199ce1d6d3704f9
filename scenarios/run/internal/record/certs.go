package record

import (
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxCerts bounds the certificates kept: a node shows one, or a few where
// several machines stand behind it.
const maxCerts = 256

// seenOn is the certificate that one session saw.
func seenOn(o scenarios.Observation) scenarios.Cert {
	cert := *o.Cert
	cert.Node, cert.Sessions = o.Node, 1
	return cert
}

// pooledCert pools what a node presented by the fingerprint of its chain.
func pooledCert(certs []scenarios.Cert, cert scenarios.Cert) []scenarios.Cert {
	i := slices.IndexFunc(certs, func(o scenarios.Cert) bool {
		return o.Node == cert.Node && o.Same(cert)
	})
	switch {
	case i >= 0:
		certs[i].Sessions += cert.Sessions
		if !cert.Seen.IsZero() && cert.Seen.Before(certs[i].Seen) {
			certs[i].Seen = cert.Seen
		}
	case len(certs) < maxCerts:
		if cert.Seen.IsZero() {
			cert.Seen = time.Now().UTC()
		}
		certs = append(certs, cert)
	}
	return certs
}
