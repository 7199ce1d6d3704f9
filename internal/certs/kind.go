package certs

// Kind is the defect of a certificate chain. The zero value is Good.
type Kind int

// KindGood is a chain that a verifying client accepts. Every other kind has only the
// defect in its name.
const (
	KindGood                 Kind = iota
	KindWrongIssuer               // issued by an intermediate CA of another organization, below the same root
	KindExpired                   // expired a day ago
	KindNotYet                    // valid from tomorrow
	KindWrongHost                 // for another host name and none of the addresses
	KindNoIntermediate            // the leaf only
	KindSelfSigned                // signed by its own key
	KindUnknownCA                 // a complete chain to a root that RootPEM does not have
	KindExpiredIntermediate       // the intermediate CA expired a day ago
	KindExpiringIntermediate      // the intermediate CA expires in two days
	KindExpiredRoot               // cross-signed: its root is not in RootPEM, and the older root there that signed it, too, expired a day ago
	KindUnneededExpired           // good, with a certificate beside it that expired a day ago and is not needed: another root's for the intermediate CA
	KindWeakKey                   // the leaf has an RSA key of 1024 bits
	KindNameConstraint            // the intermediate CA may only issue for another domain
	KindTooLong                   // 300 intermediate CAs
)

// kindNames are the names of faults, too.
var kindNames = [...]string{
	"good", "wrong-issuer", "expired", "not-yet", "wrong-host", "no-intermediate", "self-signed", "unknown-ca",
	"expired-intermediate", "expiring-intermediate", "expired-root", "unneeded-expired", "weak-key", "name-constraint", "long-chain",
}

// String returns the kind's name, which is also the name of the fault:
// "wrong-issuer"; "good" for Good.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}
