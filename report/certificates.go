package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeCertificates shows what each node's listener presented, then, once for
// each certificate, whom it names.
func writeCertificates(p *page, r scenarios.Result) {
	if len(r.TLS) == 0 {
		return
	}
	p.title("Certificates")
	cols := []column{
		{title: "node", least: 15}, {title: "issuer", least: 8}, {title: "not after"}, {title: "days left", right: true, least: 5, text: true},
		{title: "TLS", least: 3}, {title: "chain", least: 8},
	}
	var rows [][]string
	for _, c := range r.TLS {
		rows = append(rows, []string{
			address(c.Node), name(c.Issuer), c.NotAfter.UTC().Format("2006-01-02"), strconv.Itoa(daysLeft(c)), strings.TrimPrefix(name(c.Version), "TLS"), c.Chain.String(),
		})
	}
	p.table(cols, rows)
	p.subjects(r.TLS)
}

// daysLeft counts whole days of validity from when the certificate was seen;
// below zero it has expired.
func daysLeft(c scenarios.Cert) int {
	return int(math.Floor(c.NotAfter.Sub(c.Seen).Hours() / 24))
}

// subjects writes one paragraph for each different certificate.
func (p *page) subjects(certs []scenarios.Cert) {
	const most = 4
	told := map[string]bool{}
	for _, c := range certs {
		if told[c.Fingerprint] {
			continue
		}
		told[c.Fingerprint] = true
		if len(told) <= most {
			p.say("%s", subject(c))
		}
	}
	if len(told) > most {
		p.say("... and %s", count(len(told)-most, "more certificate"))
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
	if !c.HostOK && c.ServerName != "" {
		text += "; it does not name " + name(c.ServerName)
	}
	return strings.TrimSpace(text)
}
