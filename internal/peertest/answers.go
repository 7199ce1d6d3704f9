package peertest

import "sync"

// Answers are what a server says, answer by answer, of which one is changed: that which has
// the byte of the change, counted through all of them. The zero value changes none.
type Answers struct {
	mu     sync.Mutex
	change Change
	said   int
}

// Next makes c the change of the answers that come from now on, and counts them anew.
func (a *Answers) Next(c Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.change, a.said = c, 0
}

// Said is how many bytes the answers since Next have.
func (a *Answers) Said() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.said
}

// Changed is the next answer as it is to be given; here is whether it is the one that is
// changed, and more is false where the connection ends with it.
func (a *Answers) Changed(answer []byte) (changed []byte, more, here bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.change
	c.At -= a.said
	a.said += len(answer)
	if c.Name == "" || c.At < 0 || c.At >= len(answer) {
		return answer, true, false
	}
	changed, more = c.Apply(answer, 0)
	return changed, more, true
}
