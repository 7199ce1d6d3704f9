package judge

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/dn"
)

// MissingIssuer returns the first attribute of expected that a certificate's
// issuer lacks, or the name of a chain's root, as "O=Amazon"; "" where it has them
// all. Both may be written as RFC 4514 has it or as openssl prints it. What cannot be
// read is missing. It is for those who must refuse a certificate before a password is
// sent; the findings tls.issuer and tls.root say the same afterwards.
func MissingIssuer(expected []string, issuer string) string {
	have, err := dn.Parse(issuer)
	for _, text := range expected {
		want, bad := dn.Parse(text)
		if err != nil || bad != nil {
			return text
		}
		for _, a := range want {
			if !slices.Contains(have, a) {
				return a.String()
			}
		}
	}
	return ""
}
