package scenarios

// HTTPCounts are what sessions over HTTP took.
type HTTPCounts struct {
	Requests          int `json:"requests"`                    // sent, those that were sent once more included
	Connections       int `json:"connections"`                 // made
	Reauthentications int `json:"reauthentications,omitempty"` // calls that were sent once more, since a cookie was refused
}

// Add adds other sessions.
func (c *HTTPCounts) Add(other HTTPCounts) {
	c.Requests += other.Requests
	c.Connections += other.Connections
	c.Reauthentications += other.Reauthentications
}
