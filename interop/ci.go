//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Ports of the clusters that CI jobs check.
const (
	ciGoodPort = 24610 + 10*iota
	ciDeadPort
)

// ciPassword is the password of the jobs: no output and no file of theirs may hold it.
const ciPassword = "pw-of-ci-0123456789"

// ciLab is what the proofs of CI systems share.
type ciLab struct {
	*lab
	mirror     func() (mirror, error)
	good, dead func() (*cluster, error) // all coordinators answer, and one does not
	junitVenv  func() (string, error)
}

// ciProofs run what action.yml, templates/check.yml and ci/Jenkinsfile have those systems
// run, in an environment as they set it, against a simulated cluster with TLS and a login.
func ciProofs(l *lab) []proof {
	c := &ciLab{lab: l}
	c.mirror = sync.OnceValues(l.startMirror)
	c.good = sync.OnceValues(func() (*cluster, error) { return c.startCluster("ci-good", ciGoodPort) })
	c.dead = sync.OnceValues(func() (*cluster, error) { return c.startCluster("ci-dead", ciDeadPort, "--fault", "dead@2") })
	c.junitVenv = sync.OnceValues(func() (string, error) { return c.installJUnitReaders(context.Background()) })
	prepare := func() { c.junitVenv() }
	return []proof{
		{name: "ci.release", run: c.proveRelease, prepare: prepare},
		{name: "ci.github", run: c.proveGitHub},
		{name: "ci.gitlab", run: c.proveGitLab},
		{name: "ci.jenkins", run: c.proveJenkins},
		{name: "ci.junit", run: c.proveJUnit},
		{name: "ci.markdown", run: c.proveMarkdown},
		{name: "ci.workflows", run: c.proveWorkflows},
	}
}

func (c *ciLab) startCluster(name string, port int, flags ...string) (*cluster, error) {
	password := c.file("run", name+"-password")
	if err := os.WriteFile(password, []byte(ciPassword+"\n"), 0o600); err != nil {
		return nil, err
	}
	ca := c.file("pki", name+"-ca.pem")
	sim, err := c.startSim(context.Background(), name, port, 4, append(flags, "--tls", "--ca-out", ca, "--auth", "ldap", "--user", "svc-ci", "--password-file", password)...)
	if err == nil {
		sim.ca = ca
	}
	return sim, err
}

// ciArgs are the arguments of docs/ci.md's jobs, but for the time to settle.
var ciArgs = []string{"--tls", "--ca-cert=corp-ca.pem", "--auth=ldap", "--user=svc-ci", "--expect-coordinators=5", "--settle=500ms"}

// ciRun is a job that ran.
type ciRun struct {
	name      string // green, red or refused
	workspace string
	code      int
	output    string // of all its scripts
	kept      string // the directory of its results
}

// ciSystem is how a CI system runs a job.
type ciSystem struct {
	name    string
	kept    func(workspace string) string
	env     func(workspace string) []string
	scripts func(job ciRun, in ciInputs) ([]ciScript, error)
}

// run runs a job in a workspace of its own. Scripts end with the first that fails.
func (c *ciLab) run(ctx context.Context, s ciSystem, name string, sim *cluster, in ciInputs) (ciRun, error) {
	r := ciRun{name: name, workspace: c.file("ci", s.name+"-"+name)}
	r.kept = s.kept(r.workspace)
	if err := os.RemoveAll(r.workspace); err != nil {
		return r, err
	}
	if err := os.MkdirAll(r.workspace, 0o755); err != nil {
		return r, err
	}
	ca, err := os.ReadFile(sim.ca)
	if err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(r.workspace, "corp-ca.pem"), ca, 0o644); err != nil {
		return r, err
	}
	in.endpoints, in.password, in.args = sim.addresses()[0], ciPassword, ciArgs
	scripts, err := s.scripts(r, in)
	if err != nil {
		return r, err
	}
	for i, script := range scripts {
		path := filepath.Join(r.workspace, "script"+strconv.Itoa(i)+".sh")
		if err := os.WriteFile(path, []byte(script.text), 0o644); err != nil {
			return r, err
		}
		env := slices.Concat([]string{"CI=true", "IMPALA_LBCHECK_SETTLE_EVERY=100ms"}, s.env(r.workspace), script.env)
		argv := slices.Concat([]string{"env", "-C", r.workspace}, script.shell, []string{path})
		a, err := runCommand(ctx, time.Minute, env, argv...)
		if err != nil {
			return r, err
		}
		r.code = a.code
		r.output += string(a.stdout) + string(a.stderr)
		if a.code != 0 {
			break
		}
	}
	return r, r.hidesPassword()
}

// hidesPassword fails where anything that a job leaves holds the password.
func (r ciRun) hidesPassword() error {
	if strings.Contains(r.output, ciPassword) {
		return fmt.Errorf("the job's log holds the password")
	}
	return filepath.WalkDir(r.workspace, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "impala-lbcheck" {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), ciPassword) {
			err = fmt.Errorf("%s holds the password", path)
		}
		return err
	})
}

// greenAndRed runs a job twice: where all coordinators answer, and where one is dead.
// Then it installs nothing if the checksum is another one.
func (c *ciLab) greenAndRed(ctx context.Context, s ciSystem, also func(green, red ciRun) error) (evidence, error) {
	m, err := c.mirror()
	if err != nil {
		return evidence{}, err
	}
	good, err := c.good()
	if err != nil {
		return evidence{}, err
	}
	dead, err := c.dead()
	if err != nil {
		return evidence{}, err
	}
	green, err := c.run(ctx, s, "green", good, ciInputs{version: goodRelease, releases: m.url})
	if err == nil {
		err = green.check(0, "pass")
	}
	if err != nil {
		return evidence{}, fmt.Errorf("green: %w", err)
	}
	red, err := c.run(ctx, s, "red", dead, ciInputs{version: goodRelease, releases: m.url, sum: m.sum})
	if err == nil {
		err = red.check(1, "fail")
	}
	if err != nil {
		return evidence{}, fmt.Errorf("red: %w", err)
	}
	refused, err := c.run(ctx, s, "refused", good, ciInputs{version: changedRelease, releases: m.url})
	if err != nil {
		return evidence{}, fmt.Errorf("changed archive: %w", err)
	}
	if _, statErr := os.Stat(refused.kept); refused.code == 0 || statErr == nil {
		return evidence{}, fmt.Errorf("exit %d with an archive that was changed: %s", refused.code, tail([]byte(refused.output)))
	}
	if err := also(green, red); err != nil {
		return evidence{}, err
	}
	tests, err := c.readJUnit(ctx, filepath.Join(green.kept, "junit.xml"), filepath.Join(red.kept, "junit.xml"))
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("green exit 0, one coordinator dead exit 1; %d tests, %d of them red; a changed archive is refused", tests.cases, tests.red)}, nil
}

// check compares the exit code of a job and the verdict that it kept.
func (r ciRun) check(code int, verdict string) error {
	if r.code != code {
		return fmt.Errorf("exit %d, want %d: %s", r.code, code, tail([]byte(r.output)))
	}
	b, err := os.ReadFile(filepath.Join(r.kept, "result.json"))
	if err != nil {
		return err
	}
	var result struct{ Verdict string }
	if err := json.Unmarshal(b, &result); err != nil {
		return err
	}
	if result.Verdict != verdict {
		return fmt.Errorf("the verdict is %s, want %s", result.Verdict, verdict)
	}
	for _, name := range []string{"junit.xml", "report.md"} {
		if info, err := os.Stat(filepath.Join(r.kept, name)); err != nil || info.Size() == 0 {
			return errors.Join(fmt.Errorf("%s was not kept", name), err)
		}
	}
	return nil
}

// proveGitHub runs the steps of the action.
func (c *ciLab) proveGitHub(ctx context.Context) (evidence, error) {
	temp := func(workspace string) string { return filepath.Join(workspace, "_temp") }
	s := ciSystem{
		name: "github",
		kept: func(workspace string) string { return filepath.Join(temp(workspace), "impala-lbcheck", "out") },
		env: func(workspace string) []string {
			return []string{
				"GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + workspace, "GITHUB_ACTION_PATH=" + c.root, "GITHUB_RUN_ID=1", "GITHUB_EVENT_NAME=push",
				"RUNNER_TEMP=" + temp(workspace), "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
				"GITHUB_OUTPUT=" + filepath.Join(workspace, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(workspace, "summary.md"),
			}
		},
		scripts: func(job ciRun, in ciInputs) ([]ciScript, error) {
			return gitHubScripts(c.root, temp(job.workspace), in)
		},
	}
	return c.greenAndRed(ctx, s, func(green, red ciRun) error {
		for _, want := range []struct {
			run     ciRun
			file    string
			content string
		}{
			{green, "output", "exit-code=0\n"},
			{green, "summary.md", "## PASS: impala-lbcheck smoke\n"},
			{red, "output", "exit-code=1\n"},
			{red, "output", "junit=" + filepath.Join(red.kept, "junit.xml") + "\n"},
			{red, "summary.md", "## FAIL: impala-lbcheck smoke\n"},
			{red, "summary.md", "| FAIL | balance.coverage |"},
		} {
			b, err := os.ReadFile(filepath.Join(want.run.workspace, want.file))
			if err != nil {
				return err
			}
			if !strings.Contains(string(b), want.content) {
				return fmt.Errorf("%s has no %q: %s", want.file, want.content, tail(b))
			}
		}
		const annotation = "\n::error title=impala-lbcheck smoke%3A balance.coverage::"
		if !strings.Contains(red.output, annotation) || strings.Contains(green.output, "::error") {
			return fmt.Errorf("annotations: red %s; green %s", tail([]byte(red.output)), tail([]byte(green.output)))
		}
		return nil
	})
}

// proveGitLab runs the component's job, by either of the two shells that runners use.
func (c *ciLab) proveGitLab(ctx context.Context) (evidence, error) {
	return c.greenAndRed(ctx, ciSystem{
		name: "gitlab",
		kept: func(workspace string) string { return filepath.Join(workspace, "impala-lbcheck") },
		env: func(workspace string) []string {
			return []string{"GITLAB_CI=true", "CI_PROJECT_DIR=" + workspace, "CI_JOB_NAME=balancer", "CI_PIPELINE_SOURCE=push", "CI_SERVER=yes"}
		},
		scripts: func(job ciRun, in ciInputs) ([]ciScript, error) {
			shell := []string{"bash", "-eo", "pipefail"}
			if job.name == "red" {
				shell = []string{"sh", "-e"}
			}
			scripts, err := gitLabScripts(c.root, shell, in)
			for _, script := range scripts {
				for i, variable := range script.env { // the runner expands them
					script.env[i] = strings.ReplaceAll(variable, "$CI_PROJECT_DIR", job.workspace)
				}
			}
			return scripts, err
		},
	}, func(ciRun, ciRun) error { return nil })
}

// proveJenkins runs the steps of the pipeline.
func (c *ciLab) proveJenkins(ctx context.Context) (evidence, error) {
	return c.greenAndRed(ctx, ciSystem{
		name: "jenkins",
		kept: func(workspace string) string { return filepath.Join(workspace, "impala-lbcheck") },
		env: func(workspace string) []string {
			return []string{"WORKSPACE=" + workspace, "JENKINS_URL=http://127.0.0.1:1/", "BUILD_NUMBER=1", "JOB_NAME=balancer", "BUILD_TAG=jenkins-balancer-1"}
		},
		scripts: func(job ciRun, in ciInputs) ([]ciScript, error) { return jenkinsScripts(c.root, job.workspace, in) },
	}, func(ciRun, ciRun) error { return nil })
}
