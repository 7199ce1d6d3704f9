package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// chain asks whether each certificate leads to a trusted root.
func chain(e scenarios.Measured) scenarios.Finding {
	var bad, long complaints
	var fixes scenarios.Fixes
	unchecked := 0
	for _, c := range e.TLS {
		if c.Chain == scenarios.ChainUnchecked {
			unchecked++
			continue
		}
		if text, fix := chainComplaint(c, e); text != "" {
			bad.add(c, text)
			if fixes == nil {
				fixes = fix
			}
		}
		if c.SentCount > scenarios.MaxCertificates {
			long.add(c, fmt.Sprintf("%d certificates are sent, and Java clients accept %d at most", c.SentCount, scenarios.MaxCertificates))
		}
	}
	f := bad.verdict("the chain leads to a trusted root")
	f.Fix = fixes
	switch {
	case f.Status == scenarios.StatusPass && unchecked > 0:
		f = scenarios.Finding{Message: "the chain was not checked"}
	case f.Status == scenarios.StatusPass:
		f.Note = long.sentence()
	}
	return f
}

// chainComplaint is what is wrong with a chain, and what to do; "" where it is good.
func chainComplaint(c scenarios.Cert, e scenarios.Measured) (string, scenarios.Fixes) {
	switch c.Chain {
	case scenarios.ChainOK:
		return "", nil
	case scenarios.ChainIncomplete:
		if node, ok := trustedIssuer(c, e.TLS); ok {
			return fmt.Sprintf("the chain is incomplete: %s sends the intermediate certificate %s, and this does not", node, c.Issuer), installIntermediate()
		}
		// A leaf alone does not tell which of the two it is.
		return fmt.Sprintf("the chain is incomplete: nothing that the server sent or that is trusted signed the certificate. Its issuer is %s: an intermediate certificate that the server left out, or a root that is not trusted", c.Issuer),
			incompleteFixes(e.Scenario.TLS.CACert != "")
	case scenarios.ChainSelfSigned:
		return "the certificate is self-signed", slices.Concat(phrase.Try("install a certificate of your authority"), phrase.Set("tls.ca_cert", "", "trust this one"))
	case scenarios.ChainConstraint:
		return "an authority of the chain may not issue this certificate: " + because(c), phrase.Try("have the certificate issued by an authority that may issue it")
	case scenarios.ChainTooLong:
		return "the chain is too long: " + because(c), phrase.Try("install the leaf and the few intermediate certificates that lead to its root, and no others")
	case scenarios.ChainWeakSignature:
		return "a signature of the chain is not trusted any more: " + because(c), phrase.Try("have the certificate issued again, signed with SHA-256 or better")
	}
	text := fmt.Sprintf("the chain leads to an unknown authority; the issuer is %s", c.Issuer)
	if c.ChainDetail != "" {
		text += "; " + c.ChainDetail
	}
	return text, phrase.Set("tls.ca_cert", "", "trust the authority")
}

// trustedIssuer is a node with a certificate of the same issuer whose chain is good: the
// issuer is then no root that is not trusted, but an intermediate that this node leaves
// out.
func trustedIssuer(c scenarios.Cert, all []scenarios.Cert) (string, bool) {
	i := slices.IndexFunc(all, func(o scenarios.Cert) bool { return o.Chain == scenarios.ChainOK && o.Issuer == c.Issuer })
	if i < 0 {
		return "", false
	}
	return all[i].Node.String(), true
}

func installIntermediate() scenarios.Fixes {
	return phrase.Try("install the intermediate certificate on the listener, beside the leaf")
}

// incompleteFixes begin with the likelier one: who named no authority of his own most
// likely has one.
func incompleteFixes(authorityGiven bool) scenarios.Fixes {
	install := installIntermediate()
	if authorityGiven {
		return slices.Concat(install, phrase.Set("tls.ca_cert", "", "trust the issuer, if it is a root of your own"))
	}
	return slices.Concat(phrase.Set("tls.ca_cert", "", "trust the issuer, if it is a root of your own"), install)
}

// because is why a chain is not good.
func because(c scenarios.Cert) string {
	if c.ChainDetail == "" {
		return "the issuer is " + c.Issuer
	}
	return c.ChainDetail
}
