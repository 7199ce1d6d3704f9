package exporter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Config is what an exporter does.
type Config struct {
	Concurrent int // runs at a time, of all targets
	Targets    map[string]Target
}

// Target is one that a scrape can name.
type Target struct {
	Name     string
	Every    time.Duration // how old a result may be before a scrape starts a run
	Scenario scenarios.Scenario

	from     scenarioSource    // of the scenario
	settings map[string]string // of the target itself
}

// Sets reports whether the user set a setting, by its key.
func (t Target) Sets(key string) bool {
	_, here := t.settings[key]
	return here || t.from.file != "" && scenarios.SourceSets(t.from.text, key)
}

// scenarioSource is where a scenario comes from.
type scenarioSource struct {
	file string // "": it is built in
	text []byte
}

// The bounds of a file.
const (
	maxTargets    = 256
	maxConcurrent = 16
	minEvery      = 10 * time.Second
	maxEvery      = 7 * 24 * time.Hour
)

// configFile is the file as it is written.
type configFile struct {
	Every      scenarios.Duration    `yaml:"every,omitempty"`
	Concurrent int                   `yaml:"concurrent,omitempty"`
	Targets    map[string]targetFile `yaml:"targets,omitempty"`
}

// targetFile is a target as it is written.
type targetFile struct {
	Scenario  string             `yaml:"scenario,omitempty"`  // a built-in one, or a file
	Endpoints []string           `yaml:"endpoints,omitempty"` // take the place of those of the scenario
	Every     scenarios.Duration `yaml:"every,omitempty"`     // 0: that of all targets
	Settings  map[string]string  `yaml:"settings,omitempty"`  // by key, as scenario files name them
}

// defaults are what a file leaves out.
var defaults = configFile{Every: scenarios.Duration(5 * time.Minute), Concurrent: 2}

// format is what messages say of the file.
var format = strictyaml.Format{
	Example: `"targets: {prod: {scenario: smoke, endpoints: [impala.example.com]}}"`,
	Start:   "docs/exporter.md has one to start from",
}

// targetName is what a target may be called: it becomes a label, and part of a URL.
var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Parse reads a configuration; file is its name in errors, which have a place wherever
// there is one: [strictyaml.Errors], a [*strictyaml.Error], or that of a scenario's file.
// read reads the files of scenarios.
func Parse(file string, src []byte, read func(name string) ([]byte, error)) (Config, error) {
	doc, err := format.Read(file, src)
	if err != nil {
		return Config{}, err
	}
	f := defaults
	if err := doc.Decode(&f); err != nil {
		return Config{}, err
	}
	p := parser{file: file, doc: doc, read: read}
	p.checkBounds(f)
	c := Config{Concurrent: f.Concurrent, Targets: map[string]Target{}}
	for _, name := range slices.Sorted(maps.Keys(f.Targets)) {
		t := f.Targets[name]
		if t.Every == 0 {
			t.Every = f.Every
		}
		c.Targets[name] = p.target(name, t)
	}
	return c, p.err()
}

// checkBounds looks at what is not of one target.
func (p *parser) checkBounds(f configFile) {
	if len(f.Targets) == 0 {
		p.fail("targets", "the file names no target; "+format.Start)
	}
	if len(f.Targets) > maxTargets {
		p.fail("targets", fmt.Sprintf("there are %d targets, and %d at most", len(f.Targets), maxTargets))
	}
	if f.Concurrent < 1 || f.Concurrent > maxConcurrent {
		p.fail("concurrent", fmt.Sprintf("must be from 1 to %d", maxConcurrent))
	}
	p.checkEvery("every", f.Every)
}

func (p *parser) checkEvery(key string, every scenarios.Duration) {
	if d := time.Duration(every); d < minEvery || d > maxEvery {
		p.fail(key, fmt.Sprintf("must be from %v to %v", minEvery, maxEvery))
	}
}
