package exporter

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// parser collects what is wrong with a file.
type parser struct {
	file string
	doc  *strictyaml.Document
	read func(name string) ([]byte, error)

	errs  strictyaml.Errors
	other []error // of the files of scenarios
}

// fail reports what is wrong with a key, at its place or that of the nearest one above.
func (p *parser) fail(key, msg string) { p.failAt(key, "", msg) }

// failAt reports what is wrong with a key, at the value of another one where the file
// does not set it.
func (p *parser) failAt(key, near, msg string) {
	text := key + ": " + msg
	for _, k := range []string{key, near} {
		if e := p.doc.At(k, text); e != nil && k != "" {
			p.errs = append(p.errs, e)
			return
		}
	}
	p.errs = append(p.errs, &strictyaml.Error{File: p.file, Msg: text})
}

// err is all that is wrong, in the order of the file; nil where nothing is.
func (p *parser) err() error {
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *strictyaml.Error) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
		return p.errs
	}
	if len(p.other) > 0 {
		return p.other[0] // it is a list of its own where there are several
	}
	return nil
}

// target is one target, complete.
func (p *parser) target(name string, f targetFile) Target {
	at := "targets." + name
	if !targetName.MatchString(name) {
		p.fail(at, "a name has letters, digits, dots, dashes and underscores, 63 at the most, and begins with a letter or a digit")
	}
	p.checkEvery(at+".every", f.Every)
	t := Target{Name: name, Every: time.Duration(f.Every), settings: f.Settings}
	if !p.scenario(at, f.Scenario, &t) {
		return t
	}
	if f.Endpoints != nil {
		t.Scenario.Target.Endpoints = f.Endpoints
	}
	if p.applySettings(at, &t) {
		p.check(at, t)
	}
	return t
}

// scenario reads a built-in scenario, or one from a file beside this one.
func (p *parser) scenario(at, name string, t *Target) (ok bool) {
	var err error
	t.from, err = p.source(name)
	if name == "" {
		err = fmt.Errorf("none given; write a built-in one (%s), or a file", strings.Join(scenarios.BuiltinNames(), ", "))
	}
	if err != nil {
		p.failAt(at+".scenario", at, err.Error())
		return false
	}
	if t.Scenario, err = scenarios.Parse(cmp.Or(t.from.file, name+".yaml"), t.from.text); err != nil {
		p.other = append(p.other, err)
		return false
	}
	return true
}

func (p *parser) source(name string) (scenarioSource, error) {
	if ext := filepath.Ext(name); ext != ".yaml" && ext != ".yml" {
		text, err := scenarios.BuiltinSource(name)
		return scenarioSource{text: text}, err
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(p.file), name)
	}
	text, err := p.read(name)
	return scenarioSource{file: name, text: text}, err
}

// applySettings sets what the file says, and what follows from it.
func (p *parser) applySettings(at string, t *Target) (ok bool) {
	ok = true
	for _, key := range slices.Sorted(maps.Keys(t.settings)) {
		st, err := settingOf(key, t.Scenario.Kind)
		if err == nil {
			if st.Repeat {
				st.Clear(&t.Scenario)
			}
			err = st.Set(&t.Scenario, t.settings[key])
		}
		if invalid, is := errors.AsType[*scenarios.InvalidError](err); is {
			err = errors.New(invalid.Msg)
		}
		if err != nil {
			p.fail(at+".settings."+key, err.Error())
			ok = false
		}
	}
	t.Scenario.Derive(t.Sets)
	return ok
}

// settingOf is the setting of a key.
func settingOf(key string, k scenarios.Kind) (scenarios.Setting, error) {
	var keys []string
	for _, st := range scenarios.Settings() {
		if st.Key == key {
			return st, nil
		}
		if st.Of(k) {
			keys = append(keys, st.Key)
		}
	}
	if near, ok := usertext.Nearest(key, keys); ok {
		return scenarios.Setting{}, fmt.Errorf("no setting has this key; did you mean %s?", near)
	}
	return scenarios.Setting{}, errors.New("no setting has this key; docs/reference.md lists them")
}

// check says why a target must not run.
func (p *parser) check(at string, t Target) {
	err := cmp.Or(unattended(t.Scenario), lbcheck.Check(t.Scenario))
	if err == nil {
		return
	}
	invalid, ok := errors.AsType[*scenarios.InvalidError](err)
	switch {
	case !ok:
		p.fail(at, err.Error())
	case t.settings[invalid.Key] != "":
		p.fail(at+".settings."+invalid.Key, invalid.Error())
	case invalid.Key == "target.endpoints":
		p.failAt(at+".endpoints", at, invalid.Error())
	case t.Sets(invalid.Key):
		p.other = append(p.other, scenarios.Locate(t.from.file, t.from.text, invalid))
	default:
		p.fail(at, invalid.Error())
	}
}

// unattended says why nobody can be asked while a scenario runs: what it logs in with
// has to be named, since the environment and a terminal are the same for all targets.
func unattended(s scenarios.Scenario) error {
	a := s.Auth
	invalid := func(key, msg string) error { return &scenarios.InvalidError{Key: key, Msg: msg} }
	switch {
	case s.Audit.Balancer != "":
		return invalid("audit.balancer", "an exporter does not ask AWS: leave it out, and audit beside it")
	case s.Watch.OnEvent != "":
		return invalid("watch.on_event", "an exporter starts no command: leave it out")
	case a.Mechanism == scenarios.MechanismLDAP && a.PasswordFile == "" && a.PasswordCommand == "":
		return invalid("auth.mechanism", "an exporter needs auth.password_file or auth.password_command for ldap: an environment variable would be sent to every target")
	case s.Target.WebUser != "" && s.Target.WebPasswordFile == "":
		return invalid("target.web_user", "an exporter needs target.web_password_file for a login to the web pages")
	case a.Mechanism == scenarios.MechanismJWT && a.TokenFile == "" && a.TokenCommand == "":
		return invalid("auth.mechanism", "an exporter needs auth.token_file or auth.token_command for jwt: an environment variable would be sent to every target")
	}
	return nil
}
