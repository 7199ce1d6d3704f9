package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// noteDays is how many days before its end a certificate is worth a note.
const noteDays = 30

const day = 24 * time.Hour

// expiry asks how long each certificate is good, and all that lead to its root.
func expiry(e scenarios.Measured) scenarios.Finding {
	v := validity{least: e.Scenario.Expect.TLS.DaysLeft}
	var ends time.Time
	for _, c := range e.TLS {
		if c.Seen.IsZero() || c.NotAfter.IsZero() {
			return scenarios.Finding{Message: "it is unknown when the certificate was seen, or when it expires"}
		}
		v.look(c, "", c.NotBefore, c.NotAfter)
		for i := 1; i < len(c.Path); i++ {
			v.look(c, authorityName(c.Path, i), c.Path[i].NotBefore, c.Path[i].NotAfter)
		}
		v.lookBeside(c)
		if until := c.Ends(); ends.IsZero() || until.Before(ends) {
			ends = until
		}
	}
	f := v.bad.verdict(fmt.Sprintf("valid until %s", ends.UTC().Format(time.DateOnly)))
	switch {
	case f.Status == scenarios.StatusFail && v.above:
		f.Fix = phrase.Try("renew the certificate, and install the authority's present intermediate certificates with it", "check the clock of this machine")
	case f.Status == scenarios.StatusFail:
		f.Fix = phrase.Try("renew the certificate", "check the clock of this machine")
	default:
		f.Note = phrase.Join(v.soon.sentence(), v.unneeded.sentence())
	}
	return f
}

// authorityName is what a certificate above the leaf is called.
func authorityName(path []scenarios.Certificate, i int) string {
	if i == len(path)-1 {
		return "the root certificate " + path[i].Subject
	}
	return "the intermediate certificate " + path[i].Subject
}

// validity collects what has expired, and what soon will.
type validity struct {
	least               int  // days that must be left
	above               bool // something above a leaf is bad
	bad, soon, unneeded complaints
}

// look looks at one certificate of the path of c; who "" is the leaf.
func (v *validity) look(c scenarios.Cert, who string, from, to time.Time) {
	left, until := to.Sub(c.Seen), to.UTC().Format(time.DateOnly)
	says := func(format string, args ...any) string {
		text := fmt.Sprintf(format, args...)
		if who != "" {
			return who + " " + text
		}
		return text
	}
	before := len(v.bad.texts)
	switch {
	case c.Seen.Before(from) && who == "":
		v.bad.add(c, fmt.Sprintf("not valid before %s UTC", from.UTC().Format(time.DateTime)))
	case c.Seen.Before(from):
		v.bad.add(c, says("is not valid before %s UTC", from.UTC().Format(time.DateTime)))
	case left < 0:
		v.bad.add(c, says("expired on %s", until))
	case left < time.Duration(v.least)*day:
		v.bad.add(c, says("expires on %s, in %s; the minimum is %d days", until, phrase.Count(int(left/day), "day"), v.least))
	case left < noteDays*day:
		v.soon.add(c, says("expires on %s, in %s", until, phrase.Count(int(left/day), "day")))
	}
	v.above = v.above || who != "" && len(v.bad.texts) > before
}

// lookBeside notes what has expired and is sent though no path needs it: some clients
// stop at it.
func (v *validity) lookBeside(c scenarios.Cert) {
	if len(c.Path) == 0 {
		return
	}
	for _, sent := range c.Sent {
		needed := slices.ContainsFunc(c.Path, func(p scenarios.Certificate) bool { return p.Fingerprint == sent.Fingerprint })
		if !needed && c.Seen.After(sent.NotAfter) {
			v.unneeded.add(c, fmt.Sprintf("the chain that is sent has a certificate of %s, by %s, that expired on %s and is not needed: some clients fail because of it, so remove it",
				sent.Subject, sent.Issuer, sent.NotAfter.UTC().Format(time.DateOnly)))
		}
	}
}
