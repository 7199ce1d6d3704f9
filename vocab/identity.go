package vocab

// Identity says who answered a session. The zero value is no coordinator.
type Identity struct {
	Coordinator string // host:port of its web server, or a bare host where the source is weak; "": not said
	Version     string // one line, such as "impalad version 4.5.0 ..."; "": not said. Untrusted
	PID         int32  // of the impalad; 0: not learned. In containers it is 1 everywhere
	Source      Source // of Coordinator
}
