package report_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestWrite_MarkdownIsShortAndPlain(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		checkMarkdown(t, render(t, report.FormatMarkdown, r, report.Style{}))
	}, runs, forged)
}

func TestWrite_MarkdownOfTheLargestRunIsShort(t *testing.T) {
	t.Parallel()
	const many = 1000
	evil := strings.Repeat(`|&<*`, 1<<18)
	named := func(i int) string { return evil[:200] + fmt.Sprint(i) }
	r := hostileResult(evil)
	r.Scenario.Expect.Coordinators.Count = many
	for i := range many {
		for s := range scenarios.Status(4) {
			r.Findings = append(r.Findings, scenarios.Finding{ID: named(i), Status: s, Message: evil, Note: evil})
		}
		r.Coords = append(r.Coords, scenarios.CoordTally{Name: named(i)})
		r.Errors = append(r.Errors, scenarios.ErrorGroup{Example: evil, Coordinator: evil})
		r.Scenario.Target.Endpoints = append(r.Scenario.Target.Endpoints, evil)
	}
	r.Nodes[0].Unidentified = 1
	checkMarkdown(t, render(t, report.FormatMarkdown, r, report.Style{}))
}

// references are texts that a forge makes something of.
var references = []string{
	"@admin", "a@example.com", "x @org/team y", "#12", "org/repo#12", "!12", "$12", "%12", `%"v 1"`, "~bug", "&12", "^12",
	"https://evil.example", "HTTP://evil.example/a?b=c", "www.evil.example", "WWW.evil.example", "ftp://evil.example", "mailto:a@b.example", "xmpp:a@b.example",
	"[text](https://evil.example)", "![img](https://evil.example/x.png)", "[x]: https://evil.example", "<https://evil.example>", "[^1]",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details>", "<!--", "&lt;b&gt;", "&#64;admin",
	"a | b | c", `a \| b`, `a \\| b`, "`code`", "``` fence", "a ` | ` b", "*em* **strong** _em_ __strong__ ~~gone~~", "$a$ $$b$$", "- [x] task", "# heading", "/close", "| --- |",
	"\\", "\\\\", "a\nb\r\n\r\n/close\n# c\n- d\n", "\u200b@admin", "@\u200badmin", "é@admin", "==x==", "++x++", ":tada:", "{+ x +}", "[- x -]",
}

func TestWrite_MarkdownShowsHostileTextsOnly(t *testing.T) {
	t.Parallel()
	for _, s := range append(references, strings.Join(references, " ")) {
		md := render(t, report.FormatMarkdown, hostileResult(s), report.Style{})
		checkMarkdown(t, md)
		want := report.Neutralize(s, 120)
		if got := cells(md); !slices.Contains(got, want) {
			t.Errorf("no cell shows just %q: %q", want, got)
		}
	}
}

func FuzzWrite_Markdown(f *testing.F) {
	for _, s := range append(references, commandsOfCI...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkMarkdown(t, render(t, report.FormatMarkdown, hostileResult(s), report.Style{}))
	})
}

// mention is what forges link in the text that is shown.
var mention = regexp.MustCompile(`(?i)@[a-z0-9"]|[#!$%~&^][a-z0-9"]|\w://|www\.`)

// checkMarkdown reads a report as GitHub does: it has no link, no image, no code and no
// HTML but ours, every row has the cells of its head, and no text means somebody.
func checkMarkdown(t *testing.T, md []byte) {
	t.Helper()
	if lines := bytes.Count(md, []byte("\n")); lines >= 60 || len(md) > 60_000 {
		t.Errorf("%d lines, %d bytes", lines, len(md))
	}
	_ = ast.Walk(parseMarkdown(md), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.Text, *ast.String, *east.Table, *east.TableCell:
		case *ast.Heading:
			if n.Level != 2 || n.PreviousSibling() != nil {
				t.Errorf("a heading of level %d after %v", n.Level, n.PreviousSibling())
			}
		case *ast.Emphasis:
			if n.Level != 2 || n.PreviousSibling() != nil {
				t.Errorf("emphasis of level %d inside a line", n.Level)
			}
		case *ast.HTMLBlock:
			if html := string(n.Lines().Value(md)); !ours.MatchString(html) {
				t.Errorf("HTML %q", html)
			}
		case *east.TableHeader, *east.TableRow:
			if table := n.Parent().(*east.Table); n.ChildCount() != len(table.Alignments) {
				t.Errorf("%d cells of %d", n.ChildCount(), len(table.Alignments))
			}
		default:
			t.Errorf("a %s", n.Kind())
		}
		return ast.WalkContinue, nil
	})
	if bytes.ContainsRune(md, '$') {
		t.Error("GitHub takes $ for mathematics")
	}
	if at := mention.FindStringIndex(shownExactly(md)); at != nil {
		text := shownExactly(md)
		t.Errorf("the text holds %q", text[max(0, at[0]-10):min(len(text), at[1]+10)])
	}
}

// ours is the HTML that a report has.
var ours = regexp.MustCompile(`^(<details><summary>\d+ coordinators? over \d+ nodes?</summary>|</details>)\n$`)

func parseMarkdown(md []byte) ast.Node {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(text.NewReader(md))
}

// shownExactly is the text that a reader sees, as one line.
func shownExactly(md []byte) string {
	var page bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(md, &page); err != nil {
		panic(err)
	}
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page.String(), ""))
}

// cells are the texts of the cells of all tables, without our spaces.
func cells(md []byte) []string {
	var page bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(md, &page); err != nil {
		panic(err)
	}
	var out []string
	for _, cell := range regexp.MustCompile(`<td>(.*)</td>`).FindAllStringSubmatch(page.String(), -1) {
		out = append(out, strings.ReplaceAll(html.UnescapeString(cell[1]), "\u200b", ""))
	}
	return out
}
