package certs

// Kind is the defect of a certificate chain. The zero value is Good.
type Kind int

// KindGood is a chain that a verifying client accepts. Every other kind has only the
// defect in its name.
const (
	KindGood           Kind = iota
	KindWrongIssuer         // issued by an intermediate CA of another organization, below the same root
	KindExpired             // expired a day ago
	KindNotYet              // valid from tomorrow
	KindWrongHost           // for another host name and none of the addresses
	KindNoIntermediate      // the leaf only
	KindSelfSigned          // signed by its own key
	KindUnknownCA           // a complete chain to a root that RootPEM does not have
)

// String returns the kind's name, which is also the name of the fault:
// "wrong-issuer"; "good" for Good.
func (k Kind) String() string {
	names := [...]string{"good", "wrong-issuer", "expired", "not-yet", "wrong-host", "no-intermediate", "self-signed", "unknown-ca"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}
