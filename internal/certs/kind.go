package certs

// Kind is what a listener's certificate is like. The zero value is Good.
type Kind int

// Good is a chain that a careful client accepts; every other kind differs from
// it in the one thing that its name says.
const (
	Good           Kind = iota
	WrongIssuer         // trusted by the same root, through an intermediate of another organisation
	Expired             // ended a day ago
	NotYet              // starts tomorrow
	WrongHost           // names another host and none of the addresses
	NoIntermediate      // the leaf alone
	SelfSigned          // its own issuer
	UnknownCA           // a whole chain, to a root that nobody was given
)

// String is the kind's name as faults spell it: "wrong-issuer"; "good" for Good.
func (k Kind) String() string {
	names := [...]string{"good", "wrong-issuer", "expired", "not-yet", "wrong-host", "no-intermediate", "self-signed", "unknown-ca"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}
