package exporter

import (
	"slices"
	"sync"
)

// maxRejected bounds the logins that are remembered: several of each target.
const maxRejected = 4 * maxTargets

// logins is what is known of logins, whichever targets send them: a directory counts the
// wrong passwords of an account, and not where they came from.
type logins struct {
	ended func() // is called when a login is no longer being tried

	mu       sync.Mutex
	tried    map[fingerprint]bool // by a run that has not logged in yet
	rejected []fingerprint        // the last one is that which was asked for last
}

// permit is whether a login may be sent.
type permit uint8

// The permits.
const (
	permitted      permit = iota
	rejectedBefore        // it was, and is the same
	triedElsewhere        // nobody knows yet whether it is accepted
)

// begin asks whether a run may log in to the service, and to the web pages. If it may
// begin, others wait until it knows that its logins are accepted.
func (l *logins) begin(service, pages fingerprint) (t trials, may, mayRead permit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	may, mayRead = l.permit(service), l.permit(pages)
	if may != permitted || mayRead == triedElsewhere {
		return trials{&trial{}, &trial{}}, may, mayRead
	}
	return trials{l.try(service), l.try(pages)}, may, mayRead
}

func (l *logins) permit(f fingerprint) permit {
	if at := slices.Index(l.rejected, f); at >= 0 {
		l.rejected = append(slices.Delete(l.rejected, at, at+1), f)
		return rejectedBefore
	}
	if l.tried[f] {
		return triedElsewhere
	}
	return permitted
}

func (l *logins) try(f fingerprint) *trial {
	if f == (fingerprint{}) || slices.Contains(l.rejected, f) {
		return &trial{}
	}
	l.tried[f] = true
	return &trial{logins: l, login: f}
}

// trial is a login that one run sends, and no other one meanwhile. The zero value is none.
type trial struct {
	logins *logins
	login  fingerprint
	over   sync.Once
}

// end lets others send the login: it was accepted, or the run is over.
func (t *trial) end() {
	if t.logins == nil {
		return
	}
	t.over.Do(func() {
		t.logins.mu.Lock()
		delete(t.logins.tried, t.login)
		t.logins.mu.Unlock()
		t.logins.ended()
	})
}

// reject has the login sent by nobody any more, and reports whether there is one.
func (t *trial) reject() bool {
	if t.logins == nil {
		return false
	}
	t.logins.reject(t.login)
	t.end()
	return true
}

func (l *logins) reject(f fingerprint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.rejected, f) {
		l.rejected = append(l.rejected, f)
		l.rejected = l.rejected[max(0, len(l.rejected)-maxRejected):]
	}
}
