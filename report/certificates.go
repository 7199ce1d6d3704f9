package report

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeCertificates shows what each node presented, then, once for each
// certificate, the names in it.
func writeCertificates(p *page, r scenarios.Result) {
	if len(r.TLS) == 0 {
		return
	}
	p.title("Certificates")
	cols := []column{
		{title: "node", min: 15}, {title: "issuer", min: 8}, {title: "not after"}, {title: "days left", right: true, min: 5, text: true},
		{title: "TLS", min: 3}, {title: "chain", min: 8},
	}
	var rows [][]string
	for _, c := range r.TLS {
		rows = append(rows, []string{
			address(c.Node), name(c.Issuer), clock(c.Ends(), layoutDay), strconv.Itoa(daysLeft(c)), strings.TrimPrefix(name(c.Version), "TLS"), c.Chain.String(),
		})
	}
	p.table(cols, rows)
	p.subjects(r.TLS)
}

// daysLeft counts whole days of validity, of the whole path to the root, from when
// the certificate was seen; below zero it has expired.
func daysLeft(c scenarios.Cert) int {
	return daysBetween(c.Seen, c.Ends())
}

// nodesOf counts the nodes that presented these.
func nodesOf(certs []scenarios.Cert) int {
	seen := map[netip.AddrPort]bool{}
	for _, c := range certs {
		seen[c.Node] = true
	}
	return len(seen)
}

// subjects writes one paragraph for each different certificate.
func (p *page) subjects(certs []scenarios.Cert) {
	const maxShown = 4
	shown := map[string]bool{}
	for _, c := range certs {
		if shown[c.Fingerprint] {
			continue
		}
		shown[c.Fingerprint] = true
		if len(shown) <= maxShown {
			p.say("%s", subject(c))
		}
	}
	if len(shown) > maxShown {
		p.say("... and %s", count(len(shown)-maxShown, "more certificate"))
	}
}

func subject(c scenarios.Cert) string {
	sans := make([]string, len(c.SANs))
	for i, s := range c.SANs {
		sans[i] = name(s)
	}
	text := fmt.Sprintf("%s %s", shorten(name(c.Fingerprint), 17), name(c.Subject))
	if len(sans) > 0 {
		text += ", for " + joined(sans, 6)
	}
	if n := len(c.Path); n > 1 {
		text += "; below " + authorities(c.Path[1:])
	}
	if !c.HostOK && c.ServerName != "" {
		text += "; it does not name " + name(c.ServerName)
	}
	return strings.TrimSpace(text)
}

// authorities names those of a path, each with the day on which it ends.
func authorities(path []scenarios.Certificate) string {
	out := make([]string, len(path))
	for i, c := range path {
		out[i] = fmt.Sprintf("%s (until %s)", name(c.Subject), clock(c.NotAfter, layoutDay))
	}
	return joined(out, 6)
}
