package stats

// LookSize says how long a look must be to show what it is for.
type LookSize struct {
	Shares  []float64 // expected shares; not empty
	Nodes   int       // each has an equal part of the look
	Alpha   float64   // probability of missing some value, however many there are
	Near    float64   // that of missing one on some node only
	Burst   int       // further draws that count for the latter
	Minimum int
}

// Draws is the smallest length, a multiple of the values and of the nodes, that shows
// the rarest value, and with several nodes shows it on each.
func (s LookSize) Draws() int {
	k, rarest := len(s.Shares), 1.0
	for _, p := range s.Shares {
		rarest = min(rarest, p)
	}
	n := max(s.Minimum, DrawsToSee(rarest, s.Alpha/float64(k)))
	step := k
	if s.Nodes > 1 {
		each := DrawsToSee(rarest, s.Near/float64(2*k*s.Nodes))
		n = max(n, s.Nodes*each-s.Burst)
		step = k / gcd(k, s.Nodes) * s.Nodes
	}
	return (n + step - 1) / step * step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
