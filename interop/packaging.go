//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// A distribution is what packages and archives are made of, as a release has it.
type distribution struct {
	binary  string
	pages   string // man pages and completions, relative to the module
	version string
}

// packageTimeout limits each step of making and installing a package.
const packageTimeout = 5 * time.Minute

// packagingProofs make a deb and a tarball as a release does, and use them.
func packagingProofs(l *lab) []proof {
	prepare := func() { l.nfpm() }
	return []proof{
		{name: "release.deb", prepare: prepare, run: l.proveDeb},
		{name: "release.tarball", run: l.proveTarball},
	}
}

// buildNFPM builds the program that makes packages.
func (l *lab) buildNFPM(ctx context.Context) (string, error) {
	bin := l.file("nfpm")
	_, err := runRequired(ctx, installTimeout, nil, "go", "build", "-C", l.root, "-modfile=tools/nfpm/go.mod", "-o", bin, "github.com/goreleaser/nfpm/v2/cmd/nfpm")
	return bin, err
}

// writePages has the command write its man pages and completions where a release has
// them.
func (l *lab) writePages(ctx context.Context) (distribution, error) {
	binary, err := l.tool()
	if err != nil {
		return distribution{}, err
	}
	d := distribution{binary: binary, pages: filepath.Join(".release", "pages"), version: "0.0.0"} // of a commit without a tag
	_, err = runRequired(ctx, packageTimeout, nil, filepath.Join(l.root, "release", "pages"), binary, filepath.Join(l.root, d.pages))
	return d, err
}

// makeDeb makes the package for this machine and returns its file.
func (l *lab) makeDeb(ctx context.Context) (string, error) {
	nfpm, err := l.nfpm()
	if err != nil {
		return "", err
	}
	d, err := l.distribution()
	if err != nil {
		return "", err
	}
	deb := l.file("impala-lbcheck.deb")
	env := []string{"ARCH=amd64", "VERSION=" + d.version, "BINARY=" + d.binary, "PAGES=" + d.pages, "SOURCE_DATE_EPOCH=0"}
	_, err = runRequired(ctx, packageTimeout, env, "env", "-C", l.root, nfpm, "package", "--config", "release/nfpm.yaml", "--packager", "deb", "--target", deb)
	return deb, err
}

// proveDeb installs the package in an empty root and on this machine, and uses what it
// brings.
func (l *lab) proveDeb(ctx context.Context) (evidence, error) {
	if err := l.packages(); err != nil {
		return evidence{}, err
	}
	deb, err := l.makeDeb(ctx)
	if err != nil {
		return evidence{}, err
	}
	seconds, err := l.tryInEmptyRoot(ctx, deb)
	if err != nil {
		return evidence{}, err
	}
	if _, err := runRequired(ctx, packageTimeout, nil, "dpkg", "--path-include=/usr/share/*", "--install", deb); err != nil {
		return evidence{}, err
	}
	defer runCommand(context.WithoutCancel(ctx), packageTimeout, nil, "dpkg", "--purge", "impala-lbcheck")
	if err := checkDemos(ctx, "/usr/bin/impala-lbcheck"); err != nil {
		return evidence{}, err
	}
	pages, err := checkManPages(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := l.checkCompletions(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("in an empty root the verdict came %.1f s after dpkg began; demo exits 0, with dead@2 1; "+
		"%d man pages without a warning; bash with and without bash-completion, zsh and fish complete", seconds, pages)}, nil
}

// tryInEmptyRoot installs the package where nothing else is, not even a C library, and
// returns the seconds from there to the verdict of demo.
func (l *lab) tryInEmptyRoot(ctx context.Context, deb string) (float64, error) {
	root := l.file("root")
	if err := os.RemoveAll(root); err != nil {
		return 0, err
	}
	for _, dir := range []string{"var/lib/dpkg/updates", "var/lib/dpkg/info", "tmp"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return 0, err
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		return 0, err
	}
	began := time.Now()
	if _, err := runRequired(ctx, packageTimeout, nil, "dpkg", "--root="+root, "--install", deb); err != nil {
		return 0, err
	}
	inRoot := []string{"chroot", root, "/usr/bin/impala-lbcheck"}
	if _, err := runRequired(ctx, toolTimeout, nil, append(inRoot, "demo")...); err != nil {
		return 0, err
	}
	seconds := time.Since(began).Seconds()
	return seconds, checkDemos(ctx, inRoot...)
}

// checkDemos runs the command against its healthy simulation and one with a fault.
func checkDemos(ctx context.Context, command ...string) error {
	for _, c := range []struct {
		args []string
		code int
	}{{[]string{"demo"}, 0}, {[]string{"demo", "--fault", "dead@2"}, 1}} {
		a, err := runCommand(ctx, toolTimeout, nil, append(command, c.args...)...)
		if err != nil {
			return err
		}
		if a.code != c.code {
			return fmt.Errorf("%v %v: exit %d, want %d: %s", command, c.args, a.code, c.code, tail(append(a.stdout, a.stderr...)))
		}
	}
	return nil
}

// checkManPages has man find the first page by its name and render all of them, and
// returns how many there are.
func checkManPages(ctx context.Context) (int, error) {
	env := []string{"LC_ALL=C.UTF-8", "MANPAGER=cat", "MANWIDTH=80"}
	out, err := runRequired(ctx, packageTimeout, env, "man", "impala-lbcheck")
	if err != nil {
		return 0, err
	}
	text := strings.Join(strings.Fields(string(out)), " ") // man justifies lines
	for _, want := range []string{"NAME impala-lbcheck - Check the load balancer", "COMMANDS", "impala-lbcheck-smoke(1)"} {
		if !strings.Contains(text, want) {
			return 0, fmt.Errorf("man impala-lbcheck does not print %q: %s", want, tail(out))
		}
	}
	pages, err := filepath.Glob("/usr/share/man/man1/impala-lbcheck*.1.gz")
	if err != nil || len(pages) < 20 {
		return 0, fmt.Errorf("%d man pages are installed: %w", len(pages), err)
	}
	a, err := runCommand(ctx, packageTimeout, env, append([]string{"man", "--warnings", "--local-file"}, pages...)...)
	if err == nil && (a.code != 0 || len(a.stderr) > 0) {
		err = fmt.Errorf("man of all pages: exit %d: %s", a.code, tail(a.stderr))
	}
	return len(pages), err
}

// checkCompletions types the beginning of a command, of a name and of a file, and Tab, into
// the shells. Only what the completion writes makes complete commands of them. Of the two
// files with that beginning, one has the extension of a result.
func (l *lab) checkCompletions(ctx context.Context) error {
	for _, name := range []string{"stored.json", "stored.txt"} {
		if err := os.WriteFile(l.file("run", name), []byte("{"), 0o644); err != nil {
			return err
		}
	}
	for _, s := range []struct{ name, command, load string }{
		{"bash with bash-completion", "bash --norc --noprofile -i", ". /usr/share/bash-completion/bash_completion"},
		{"bash without bash-completion", "bash --norc --noprofile -i", ". <(impala-lbcheck completion bash)"},
		{"zsh", "zsh -f -i", "autoload -U compinit; compinit -u -D"},
	} {
		typed := s.load + "\ncd " + l.file("run") + "\nimpala-lbcheck versi\t\nimpala-lbcheck scenarios show smo\t\nimpala-lbcheck report stor\t\nexit 0\n"
		out, err := l.typeInto(ctx, s.command, typed)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		for _, want := range []string{`impala-lbcheck \S+ \(go1`, `(?m)^name: smoke`, `impala-lbcheck: stored.json`} {
			if !regexp.MustCompile(want).Match(out) {
				return fmt.Errorf("%s did not complete: no %q in %s", s.name, want, tail(out))
			}
		}
	}
	out, err := runRequired(ctx, packageTimeout, l.shellEnv(), "fish", "-c", "complete -C 'impala-lbcheck versi'; complete -C 'impala-lbcheck scenarios show smo'")
	if err != nil {
		return err
	}
	if !regexp.MustCompile(`(?s)version\t.*smoke`).Match(out) {
		return fmt.Errorf("fish did not complete: %s", tail(out))
	}
	return nil
}

// typeInto runs a shell on a terminal of its own, types into it, and returns what the
// terminal shows.
func (l *lab) typeInto(ctx context.Context, command, typed string) ([]byte, error) {
	file := l.file("run", "typed")
	if err := os.WriteFile(file, []byte(typed), 0o644); err != nil {
		return nil, err
	}
	return runRequired(ctx, packageTimeout, l.shellEnv(), "sh", "-c", `exec script --quiet --return --command "$1" /dev/null <"$2"`, "sh", command, file)
}

// shellEnv is the environment of a shell whose user has no files of his own.
func (l *lab) shellEnv() []string {
	return []string{"HOME=" + l.file("run"), "XDG_CONFIG_HOME=" + l.file("run"), "XDG_DATA_HOME=" + l.file("run"), "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb"}
}

// An archive is what .goreleaser.yaml says of the files beside the binary.
type archive struct {
	Wrap  bool `yaml:"wrap_in_directory"`
	Files []struct{ Src, Dst string }
}

// proveTarball packs what .goreleaser.yaml lists, unpacks it as the documents say, and
// runs the command.
func (l *lab) proveTarball(ctx context.Context) (evidence, error) {
	d, err := l.distribution()
	if err != nil {
		return evidence{}, err
	}
	b, err := os.ReadFile(filepath.Join(l.root, ".goreleaser.yaml"))
	if err != nil {
		return evidence{}, err
	}
	var described struct{ Archives []archive }
	if err := yaml.Unmarshal(b, &described); err != nil {
		return evidence{}, fmt.Errorf(".goreleaser.yaml: %w", err)
	}
	if len(described.Archives) != 1 || !described.Archives[0].Wrap {
		return evidence{}, errors.New(".goreleaser.yaml does not have one archive with a directory")
	}
	tarball, files, err := l.pack(ctx, d, described.Archives[0])
	if err != nil {
		return evidence{}, err
	}
	dir := l.file("unpacked")
	if err := os.RemoveAll(dir); err != nil {
		return evidence{}, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return evidence{}, err
	}
	if _, err := runRequired(ctx, packageTimeout, nil, "tar", "xzf", tarball, "--strip-components=1", "-C", dir); err != nil {
		return evidence{}, err
	}
	if err := checkDemos(ctx, filepath.Join(dir, "impala-lbcheck")); err != nil {
		return evidence{}, err
	}
	info, err := os.Stat(tarball)
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%d files, %.1f MB; unpacked, demo exits 0, with dead@2 1", files, float64(info.Size())/1e6)}, nil
}

// pack writes an archive and returns its file and the number of files in it. A pattern
// that matches nothing is an error.
func (l *lab) pack(ctx context.Context, d distribution, a archive) (tarball string, files int, err error) {
	name := "impala-lbcheck_" + d.version + "_linux_amd64"
	top := l.file("archive", name)
	if err := os.RemoveAll(top); err != nil {
		return "", 0, err
	}
	copies := [][2]string{{d.binary, "."}}
	for _, f := range a.Files {
		found, err := filepath.Glob(filepath.Join(l.root, f.Src))
		if err != nil || len(found) == 0 {
			return "", 0, fmt.Errorf(".goreleaser.yaml: no file matches %s: %w", f.Src, err)
		}
		for _, file := range found {
			copies = append(copies, [2]string{file, f.Dst})
		}
	}
	for _, c := range copies {
		if _, err := runRequired(ctx, packageTimeout, nil, "install", "-D", "--target-directory", filepath.Join(top, c[1]), c[0]); err != nil {
			return "", 0, err
		}
	}
	tarball = top + ".tar.gz"
	_, err = runRequired(ctx, packageTimeout, nil, "tar", "czf", tarball, "-C", filepath.Dir(top), name)
	return tarball, len(copies), err
}
