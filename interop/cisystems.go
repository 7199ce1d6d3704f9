//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// ciScript is a script that a CI system runs in a job, and how.
type ciScript struct {
	shell []string // the command line that executes a file
	text  string
	env   []string
}

// ciInputs are what a user of the action, the component or the pipeline sets.
type ciInputs struct {
	version, sum, releases, endpoints, password string
	args                                        []string
}

// gitHubScripts are the scripts of action.yml, with what GitHub puts for its expressions.
func gitHubScripts(root, temp string, in ciInputs) ([]ciScript, error) {
	b, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		return nil, err
	}
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(b, &action); err != nil {
		return nil, err
	}
	values := map[string]string{"runner.temp": temp}
	for name, input := range action.Inputs {
		values["inputs."+name] = input.Default
	}
	for name, value := range map[string]string{
		"version": in.version, "sha256": in.sum, "releases": in.releases, "endpoints": in.endpoints, "password": in.password, "args": strings.Join(in.args, "\n"),
	} {
		if _, declared := values["inputs."+name]; !declared {
			return nil, fmt.Errorf("action.yml has no input %s", name)
		}
		values["inputs."+name] = value
	}
	var scripts []ciScript
	for _, step := range action.Runs.Steps {
		if step.Run == "" {
			continue
		}
		s := ciScript{shell: []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"}, text: step.Run}
		for name, value := range step.Env {
			filled, err := fill(value, gitHubExpression, values)
			if err != nil {
				return nil, fmt.Errorf("action.yml: %w", err)
			}
			s.env = append(s.env, name+"="+filled)
		}
		scripts = append(scripts, s)
	}
	return scripts, nil
}

// gitLabScripts are the scripts of the component's job, which one shell runs.
func gitLabScripts(root string, shell []string, in ciInputs) ([]ciScript, error) {
	b, err := os.ReadFile(filepath.Join(root, "templates", "check.yml"))
	if err != nil {
		return nil, err
	}
	head, body, _ := strings.Cut(string(b), "\n---\n")
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Default any }
		}
	}
	if err := yaml.Unmarshal([]byte(head), &spec); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for name, input := range spec.Spec.Inputs {
		if text, ok := input.Default.(string); ok {
			values[name] = text
		}
	}
	for name, value := range map[string]string{
		"version": in.version, "sha256": in.sum, "releases": in.releases, "endpoints": in.endpoints, "args": strings.Join(in.args, "\n"),
	} {
		values[name] = value
	}
	var jobs map[string]struct {
		Variables map[string]string
		Before    []string `yaml:"before_script"`
		Script    []string
	}
	if err := yaml.Unmarshal([]byte(body), &jobs); err != nil {
		return nil, err
	}
	for _, job := range jobs {
		s := ciScript{shell: shell, text: strings.Join(append(job.Before, job.Script...), "\n"), env: []string{"IMPALA_LBCHECK_PASSWORD=" + in.password}}
		for name, value := range job.Variables {
			filled, err := fill(value, gitLabExpression, values)
			if err != nil {
				return nil, fmt.Errorf("templates/check.yml: %w", err)
			}
			s.env = append(s.env, name+"="+filled)
		}
		return []ciScript{s}, nil
	}
	return nil, errors.New("templates/check.yml has no job")
}

var (
	gitHubExpression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)
	gitLabExpression = regexp.MustCompile(`\$\[\[ *inputs\.(.*?) *\]\]`)
	groovyScript     = regexp.MustCompile(`(?s)sh '''(.*?)'''`)
	groovyVariable   = regexp.MustCompile(`(?m)^    (\w+) = ['"](.*)['"]$`)
)

// fill replaces expressions in a text by their values, all of which must be known.
func fill(text string, expression *regexp.Regexp, values map[string]string) (string, error) {
	var err error
	filled := expression.ReplaceAllStringFunc(text, func(found string) string {
		name := expression.FindStringSubmatch(found)[1]
		value, known := values[name]
		if !known {
			err = fmt.Errorf("the expression %s has no value", found)
		}
		return value
	})
	return filled, err
}

// jenkinsScripts are the scripts of ci/Jenkinsfile, with its own environment but for what
// a user changes.
func jenkinsScripts(root, workspace string, in ciInputs) ([]ciScript, error) {
	b, err := os.ReadFile(filepath.Join(root, "ci", "Jenkinsfile"))
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	for _, m := range groovyVariable.FindAllStringSubmatch(string(b), -1) {
		own[m[1]] = strings.ReplaceAll(m[2], "${WORKSPACE}", workspace)
	}
	for _, name := range []string{"BALANCER", "LBCHECK_VERSION", "LBCHECK_BIN"} {
		if own[name] == "" {
			return nil, fmt.Errorf("ci/Jenkinsfile does not set %s", name)
		}
	}
	env := []string{
		"BALANCER=" + in.endpoints, "LBCHECK_VERSION=" + in.version, "LBCHECK_BIN=" + own["LBCHECK_BIN"],
		"LBCHECK_RELEASES=" + in.releases, "LBCHECK_SHA256=" + in.sum, "IMPALA_LBCHECK_PASSWORD=" + in.password,
	}
	var scripts []ciScript
	for _, m := range groovyScript.FindAllStringSubmatch(string(b), -1) {
		text := strings.ReplaceAll(m[1], "\\\n", "") // Groovy joins such lines
		shell := []string{"sh", "-xe"}
		if strings.HasPrefix(text, "#!/bin/sh\n") {
			shell = []string{"/bin/sh"} // by its first line
		}
		// Nobody waits two minutes for a coordinator that is not there.
		scripts = append(scripts, ciScript{shell: shell, text: strings.Replace(text, "--settle 2m", "--settle 500ms", 1), env: env})
	}
	return scripts, nil
}
