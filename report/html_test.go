package report_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The elements and attributes of the page: what a server says makes none.
var (
	pageElements = strings.Fields(`html head meta title link style body header div p h1 h2 strong a dl dt dd nav ul li main section span code details summary wbr
		figure figcaption svg desc rect line path text table thead tbody tr th td pre`)
	pageAttributes = strings.Fields(`lang charset http-equiv content name rel href class id aria-labelledby aria-label aria-hidden role tabindex scope open download
		viewBox x y width height x1 y1 x2 y2 d text-anchor data-name data-value`)
)

// element is one of the page, with what it has in it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// readPage reads a page as XML, which is stricter than any reader of HTML, and returns
// its elements. It fails on those that the page does not have.
func readPage(page []byte) ([]element, error) {
	if !bytes.HasPrefix(page, []byte("<!doctype html>\n")) {
		return nil, fmt.Errorf("it begins with %.20q", page)
	}
	var all []element
	var open []int
	d := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			if !slices.Contains(pageElements, e.name) || token.Name.Space != "" {
				return nil, fmt.Errorf("element %s", e.name)
			}
			for _, a := range token.Attr {
				if !slices.Contains(pageAttributes, a.Name.Local) || a.Name.Space != "" {
					return nil, fmt.Errorf("attribute %s of %s", a.Name.Local, e.name)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all = append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		case xml.Comment, xml.ProcInst:
			return nil, errors.New("a comment or an instruction")
		}
	}
}

// mustRead reads a page and checks its identifiers and links.
func mustRead(t *testing.T, page []byte) []element {
	t.Helper()
	all, err := readPage(page)
	if err != nil {
		t.Fatalf("%v in\n%.4000s", err, page)
	}
	ids := map[string]bool{}
	for _, e := range all {
		if id := e.attrs["id"]; id != "" {
			if ids[id] {
				t.Errorf("id %s is there twice", id)
			}
			ids[id] = true
		}
	}
	for _, e := range all {
		for _, id := range strings.Fields(e.attrs["aria-labelledby"]) {
			if !ids[id] {
				t.Errorf("%s is labelled by %s, which is not there", e.name, id)
			}
		}
		switch href := e.attrs["href"]; {
		case strings.HasPrefix(href, "#") && !ids[href[1:]]:
			t.Errorf("a link leads to %s, which is not there", href)
		case href != "" && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "data:") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "?"):
			t.Errorf("a link leads to %q", href)
		}
	}
	return all
}

func TestHTML_IsStrict(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		page := render(t, report.FormatHTML, r, report.Style{Explain: true})
		mustRead(t, page)
		if again := render(t, report.FormatHTML, r, report.Style{Explain: true}); !bytes.Equal(again, page) {
			t.Error("rendered again it is another page")
		}
		var b bytes.Buffer
		if err := report.WriteRunning(&b, r, report.Style{}, 2*time.Second); err != nil {
			t.Fatal(err)
		}
		mustRead(t, b.Bytes())
	}, runs, forged)
}

// The page has the result in it, byte for byte.
func TestHTML_HasTheResult(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		for _, e := range mustRead(t, render(t, report.FormatHTML, r, report.Style{})) {
			data, found := strings.CutPrefix(e.attrs["href"], "data:application/json;base64,")
			if !found {
				continue
			}
			stored, err := base64.StdEncoding.DecodeString(data)
			if err != nil || !bytes.Equal(stored, render(t, report.FormatJSON, r, report.Style{})) {
				t.Errorf("%v; the page has\n%s", err, stored)
			}
			return
		}
		t.Error("the page has no result")
	})
}

// Each bar says what it stands for.
func TestHTML_SharesAreThoseOfTheResult(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		if name != "dead" && name != "zones" {
			return
		}
		drawn := map[string]string{}
		for _, e := range mustRead(t, render(t, report.FormatHTML, r, report.Style{})) {
			if e.name == "rect" && e.attrs["data-name"] != "" {
				drawn[e.attrs["data-name"]] = e.attrs["data-value"]
			}
		}
		for _, c := range r.Coords {
			if drawn[c.Name] != fmt.Sprint(c.Sessions) {
				t.Errorf("%s has %d sessions, its bar says %q", c.Name, c.Sessions, drawn[c.Name])
			}
		}
	})
}

// hostileWords are what a server may say.
var hostileWords = []string{
	"<script>alert(1)</script>", "]]>", "-->", "\n::error::x", "##vso[task.complete]", "\u202egnp.exe", "\x1b[2J\x00", "bad\xff\xfe", "' onload='x", "\" style=\"x",
	"javascript:alert(1)", "</title></style></pre>", "{{.}}", "&lt;b&gt;", strings.Repeat("long<", 1000),
}

// hostile is a result of many coordinators over many nodes that all say hostile words.
func hostile(coordinators, nodes int) scenarios.Result {
	r := small()
	look := scenarios.Look{Planned: coordinators * nodes}
	for c := range coordinators {
		for n := range nodes {
			who := fmt.Sprintf("%d %s", c, hostileWords[c%len(hostileWords)])
			look.Add(scenarios.Observation{
				Part: scenarios.PartOrdered, Node: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), 21050),
				Outcome: scenarios.OutcomeFailed, Class: vocabtest.Class("open.eof"), Text: hostileWords[n%len(hostileWords)],
				Who: scenarios.Identity{Coordinator: who, Version: hostileWords[(c+1)%len(hostileWords)]},
			})
		}
	}
	r.Looks, r.Nodes, r.Coords, r.Failures = []scenarios.Look{look}, nil, nil, nil
	for _, n := range look.Tally.Nodes() {
		r.Nodes = append(r.Nodes, scenarios.NodeTallyOf(n, look.Tally))
	}
	for _, c := range look.Tally.Coordinators() {
		r.Coords = append(r.Coords, scenarios.CoordTally{Name: c, Sessions: nodes, Failed: nodes, Share: 1 / float64(coordinators), Login: &scenarios.Spread{Count: 1, P50: 1, P95: 2, Max: 3}})
	}
	r.Sessions.Count(look.Tally)
	r.Errors = look.Errors
	for i := range scenarios.MaxFailures {
		words := hostileWords[i%len(hostileWords)]
		r.Failures = append(r.Failures, scenarios.Failure{Time: r.Started, Coordinator: words, Class: vocabtest.Class("open.eof"), Text: words})
	}
	for i := range r.Findings {
		words := hostileWords[i%len(hostileWords)]
		r.Findings[i].Message, r.Findings[i].Note, r.Findings[i].Explain, r.Findings[i].See, r.Findings[i].Subject = words, words, words, "javascript:alert(1)", words
	}
	for _, words := range hostileWords {
		r.Notes = append(r.Notes, words)
		r.Scenario.Target.Endpoints = append(r.Scenario.Target.Endpoints, words)
		r.Scouts = append(r.Scouts, scenarios.Scout{Attempts: 2, Text: words})
		r.TLS = append(r.TLS, scenarios.Cert{Fingerprint: words, Subject: words, Issuer: words, SANs: []string{words}})
	}
	const megabyte = 1 << 20
	r.Coords[0].Name = strings.Repeat("<", megabyte)
	r.Nodes[0].Coordinators[r.Coords[0].Name] = nodes
	r.Scenario.Name, r.Run, r.Tool, r.Summary = hostileWords[0], hostileWords[7], hostileWords[8], hostileWords[0]
	return r
}

// Whatever servers say, a page is whole, harmless, and short.
func TestHTML_OfHostileServers(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{20, 8}, {200, 60}} {
		r := hostile(size[0], size[1])
		page := render(t, report.FormatHTML, r, report.Style{Explain: true})
		const most = 2 << 20
		if len(page) > most {
			t.Errorf("%d coordinators over %d nodes make %d bytes", size[0], size[1], len(page))
		}
		mustRead(t, page)
		for _, bad := range []string{"\n::error", "##vso[", "\u202e", "\x1b", `href="javascript`} {
			if bytes.Contains(page, []byte(bad)) {
				t.Errorf("the page holds %q", bad)
			}
		}
	}
}

func BenchmarkWriteHTML(b *testing.B) {
	r := hostile(20, 8)
	for b.Loop() {
		if err := report.Write(io.Discard, report.FormatHTML, r, report.Style{}); err != nil {
			b.Fatal(err)
		}
	}
}
