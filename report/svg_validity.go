package report

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// validityChart draws how much of its time each certificate had left when it was seen:
// those of the path to the root, of every different leaf.
func validityChart(_ *page, r scenarios.Result) *chart {
	all := validities(r.TLS)
	if len(all) == 0 {
		return nil
	}
	rows, beyond := firstRows(all, "certificate")
	c := &chart{
		ID: "validity", Title: "Certificates and the days that they have left", Beyond: beyond,
		Desc:   fmt.Sprintf("A bar for each of %s, as long as the time for which it is valid; what is over is outlined alone.", count(len(all), "certificate")),
		Legend: []legend{{"left", "rect", "left when it was seen"}, {"gone", "rect", "over"}},
		Height: rowHeight * float64(len(rows)),
	}
	for i, v := range rows {
		c.Marks = append(c.Marks, v.row(float64(i)*rowHeight)...)
	}
	return c
}

// validity is one certificate of a chain.
type validity struct {
	subject        string
	from, to, seen time.Time
}

// validities lists certificates once, a leaf before its authorities.
func validities(certs []scenarios.Cert) []validity {
	var out []validity
	shown := map[string]bool{}
	add := func(fingerprint, subject string, from, to, seen time.Time) {
		if !shown[fingerprint] {
			shown[fingerprint] = true
			out = append(out, validity{name(subject), from, to, seen})
		}
	}
	for _, c := range certs {
		add(c.Fingerprint, c.Subject, c.NotBefore, c.NotAfter, c.Seen)
		for _, above := range c.Path[min(1, len(c.Path)):] {
			add(above.Fingerprint, above.Subject, above.NotBefore, above.NotAfter, c.Seen)
		}
	}
	return out
}

// row draws one certificate; all bars are of one length.
func (v validity) row(y float64) []mark {
	days := daysBetween(v.seen, v.to)
	over := 1.0
	if whole := v.to.Sub(v.from); whole > 0 {
		over = clamp(float64(v.seen.Sub(v.from))/float64(whole), 0, 1)
	}
	left := count(days, "day") + " left"
	if days < 0 {
		left = "expired " + count(-days, "day") + " before"
	}
	class := either(days < 0, "gone expired", "gone")
	return append(rowLabels(y, v.subject, left),
		rect(class, 0, y+barTop, over*chartWidth, barHeight),
		rect("left", over*chartWidth, y+barTop, (1-over)*chartWidth, barHeight).standsFor(v.subject, strconv.Itoa(days)))
}

// daysBetween counts whole days; below zero the end is past.
func daysBetween(from, to time.Time) int { return int(math.Floor(to.Sub(from).Hours() / 24)) }
