package vocab

// Fix is one thing to try against a failure. How a setting is written is up to
// who prints it: a command writes its flag, a program the key.
type Fix struct {
	Setting string `json:"setting,omitempty"` // key in a scenario file: "tls.enabled"; "": there is nothing of ours to set
	Value   string `json:"value,omitempty"`   // what to set it to: "true"; "": depends on the user's cluster
	Why     string `json:"why,omitempty"`     // one clause without any flag: "the port speaks TLS"

	// Proxy says that it is about a PROXY header. Only the run asks; results do not hold it.
	Proxy bool `json:"-"`
}

// OfConnection reports whether it is about how a session connects: TLS, a login, a
// PROXY header. A probe that heard what the session needs has refuted it.
func (f Fix) OfConnection() bool {
	return f.Proxy || f.Setting == "tls.enabled" || f.Setting == "auth.mechanism"
}
