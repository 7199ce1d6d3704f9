//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

func TestWay_Name(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]way{
		"plain": {}, "tls": {TLS: true}, "kerberos/plain": {Login: loginKerberos}, "http/password/tls": {HTTP: true, Login: loginPassword, TLS: true},
	} {
		if got := w.name(); got != want {
			t.Errorf("%+v: %q, want %q", w, got, want)
		}
	}
}

func TestWayLimits_CoverFurtherWays(t *testing.T) {
	t.Parallel()
	limits := map[way]bool{}
	for _, l := range wayLimits {
		limits[l.way] = true
	}
	for _, w := range furtherWays {
		if !limits[w] {
			t.Errorf("no limits for %s", w.name())
		}
		if _, ok := clusterPorts[w.cluster()]; !ok {
			t.Errorf("no cluster for %s", w.name())
		}
	}
}

func TestResults_WaysMarkdown(t *testing.T) {
	t.Parallel()
	r := results{Holds: []holdMeasurement{
		{hold: hold{Client: clientOurs, N: 9000}, EachKB: 2}, {hold: hold{Client: clientOurs, way: way{HTTP: true}, N: 9000}, EachKB: 5},
		{hold: hold{Client: clientImpyla, way: way{HTTP: true}, N: 200}, EachKB: 50},
	}}
	for w, us := range map[way]time.Duration{{}: 300, {HTTP: true}: 600} {
		c := peerCell(w, 1)
		m := cellMeasurement{cell: c, Name: c.name(), Samples: []sample{
			newSample(clientOurs, 0, 100, us*time.Microsecond, 0), newSample(clientImpyla, 0, 50, 4*us*time.Microsecond, 0),
		}}
		m.summarize(c.Clients)
		r.Cells = append(r.Cells, m)
	}
	var b strings.Builder
	r.waysMarkdown(&b)
	for _, want := range []string{
		"## Ways in, direct, c=1\n", "| plain | 300 | 1.000 x | 1200 | 0.250 x | 2.000 x |\n", "| http/plain | 600 | 2.000 x | 2400 | 0.250 x | 2.000 x |\n",
		"## Ways in, held sessions\n", "| plain | 2.000 | 1.000 x | - | - |\n", "| http/plain | 5.000 | 2.500 x | 50.0 | 0.100 x |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "c=10") {
		t.Error("a table without rows")
	}
}
