//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
)

// browserPackages are the packages of Debian 12 that a browser and its driver need. The
// fonts are named so that screenshots of two machines look alike.
var browserPackages = []debian.Package{
	{File: "/usr/bin/chromium", Name: "chromium"},
	{File: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", Name: "fonts-dejavu-core"},
	{File: "/usr/bin/node", Name: "nodejs"},
	{File: "/usr/bin/npm", Name: "npm"},
	{File: "/usr/bin/java", Name: "openjdk-17-jdk-headless"},
}

// livePort is where the proof's run serves its page.
const livePort = "127.0.0.1:21995"

// pagesShown are the stored results whose pages are looked at.
var pagesShown = []string{"demo", "dead", "zones", "wide", "capacity", "watch-failover", "stages-morning"}

func browserProofs(l *lab) []proof {
	return []proof{
		{name: "browser.pages", run: l.pagesInBrowser, prepare: func() { l.browser() }},
		{name: "browser.live", run: l.livePageInBrowser},
	}
}

// installBrowser installs a browser and its driver, and returns the directory with the
// programs that use them.
func (l *lab) installBrowser(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	if err := debian.Install(ctx, browserPackages); err != nil {
		return "", err
	}
	dir := l.file("browser")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(l.root, "interop", "browser", "*"))
	if err != nil {
		return "", err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o644); err != nil {
			return "", err
		}
	}
	_, err = runRequired(ctx, installTimeout, nil, "npm", "--prefix", dir, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
	return dir, err
}

// pagesInBrowser renders stored results as pages and looks at them in Chromium: nothing
// is asked for, nothing is said, nothing is cut, the numbers are the results' own, and
// axe finds nothing. Nu reads them as HTML.
func (l *lab) pagesInBrowser(ctx context.Context) (evidence, error) {
	dir, err := l.browser()
	if err != nil {
		return evidence{}, err
	}
	folder := l.file("pages")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return evidence{}, err
	}
	var pages []string
	for _, name := range pagesShown {
		page := filepath.Join(folder, name+".html")
		if err := l.renderPage(ctx, name, page); err != nil {
			return evidence{}, err
		}
		pages = append(pages, page)
	}
	if _, err := runRequired(ctx, time.Minute, nil, append([]string{"java", "-jar", filepath.Join(dir, "node_modules", "vnu-jar", "build", "dist", "vnu.jar"), "--errors-only"}, pages...)...); err != nil {
		return evidence{}, err
	}
	var seen struct{ Screenshots, Charts, Numbers, Rules int }
	if err := l.drive(ctx, &seen, append([]string{"pages.mjs", folder}, pagesShown...)...); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%d screenshots of %d results, %d charts, %d numbers read back; no request, no message, %d rules of axe pass and none fails; Nu finds no error",
		seen.Screenshots, len(pagesShown), seen.Charts, seen.Numbers, seen.Rules)}, nil
}

// renderPage writes the page of a stored result, and the result, side by side.
func (l *lab) renderPage(ctx context.Context, name, page string) error {
	tool, err := l.tool()
	if err != nil {
		return err
	}
	stored := filepath.Join(l.root, "testdata", "runs", name+".json")
	a, err := runCommand(ctx, toolTimeout, nil, tool, "report", stored, "--out", page, "--out", strings.TrimSuffix(page, ".html")+".json")
	if err == nil && a.code > 3 {
		err = fmt.Errorf("report %s: exit %d: %s", name, a.code, tail(a.stderr))
	}
	return err
}

// drive runs one of the programs that drive the browser, and reads what it says.
func (l *lab) drive(ctx context.Context, into any, args ...string) error {
	dir, err := l.browser()
	if err != nil {
		return err
	}
	out, err := runRequired(ctx, 5*time.Minute, nil, append([]string{"node", filepath.Join(dir, args[0])}, args[1:]...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal(out, into)
}

// livePageInBrowser follows a run in Chromium from its beginning to its end.
func (l *lab) livePageInBrowser(ctx context.Context) (evidence, error) {
	if _, err := l.browser(); err != nil {
		return evidence{}, err
	}
	var seen struct {
		Pages int
		End   string
	}
	_, err := l.check(ctx, toolRun{name: "live", want: expectation{exit: 0},
		args: []string{"demo", "--quiet", "--serve", livePort, "--sessions", "80", "--rate", "8/s"},
		during: func(ctx context.Context, _ int) error {
			return l.drive(ctx, &seen, "live.mjs", "http://"+livePort+"/")
		}})
	if err != nil {
		return evidence{}, err
	}
	if seen.End != "PASS" {
		return evidence{}, fmt.Errorf("the page of the end says %s", seen.End)
	}
	return evidence{numbers: fmt.Sprintf("while a run went on its page said %d different things, then that of its end: %s", seen.Pages, seen.End)}, nil
}
