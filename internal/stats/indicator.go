package stats

// Indicator is 1 for what holds, and 0 for what does not.
func Indicator(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
