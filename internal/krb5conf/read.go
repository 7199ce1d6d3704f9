package krb5conf

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds on what is included.
const (
	maxDepth = 10
	maxFiles = 200
	maxText  = 1 << 20
)

// ReadFile reads a file within the caller's bounds.
type ReadFile func(name string) ([]byte, error)

// Read reads a krb5.conf, or several of which the first counts most, with the files and
// directories that they include in their place. It fails where one cannot be read, where
// files include each other, and where [Parse] would; errors name file and line.
func Read(readFile ReadFile, paths ...string) (*Config, error) {
	r := reader{readFile: readFile}
	for _, path := range paths {
		if err := r.file(path, nil); err != nil {
			return nil, err
		}
	}
	return interpret(r.lines)
}

// line is one that is not empty, no comment and no directive, and where it stands.
type line struct{ where, text string }

// reader collects lines.
type reader struct {
	readFile ReadFile
	files    int
	size     int // of all that was read, in bytes
	lines    []line
}

// file reads a file that the others include, the outermost first.
func (r *reader) file(path string, within []string) error {
	if slices.Contains(within, path) {
		return fmt.Errorf("%s: included by itself, through %s", path, strings.Join(within, ", "))
	}
	if r.files++; r.files > maxFiles || len(within) >= maxDepth {
		return fmt.Errorf("%s: more than %d files, or %d levels, are included", path, maxFiles, maxDepth)
	}
	data, err := r.readFile(path)
	if err != nil {
		return err
	}
	if r.size += len(data); r.size > maxText {
		return fmt.Errorf("%s: the configuration is longer than %d bytes", path, maxText)
	}
	within, section := append(slices.Clip(within), path), ""
	begins := len(r.lines)
	for n, l := range split(string(data)) {
		where := fmt.Sprintf("%s:%d", path, n+1)
		what, name, isDirective := directive(l)
		if !isDirective {
			if strings.HasPrefix(l, "[") {
				section = l
			}
			r.add(where, l)
			continue
		}
		if err := r.include(what, name, within); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		r.add(where, section) // what was included begins anew, and so does what follows
	}
	return checkSections(r.lines[begins:])
}

// add keeps a line, unless it says nothing.
func (r *reader) add(where, text string) {
	if saysSomething(text) {
		r.lines = append(r.lines, line{where, text})
	}
}

// saysSomething reports whether a line is neither empty nor a comment.
func saysSomething(text string) bool { return text != "" && text[0] != '#' && text[0] != ';' }

// checkSections fails on a file in which nothing is in a section: it is none of
// Kerberos's. What stands before the first section is passed over, as MIT's library does.
func checkSections(lines []line) error {
	inSection := func(l line) bool { return strings.HasPrefix(l.text, "[") }
	if len(lines) == 0 || slices.ContainsFunc(lines, inSection) {
		return nil
	}
	return fmt.Errorf("%s: %.60q is in no section, such as [libdefaults]: this is no krb5.conf", lines[0].where, lines[0].text)
}

// split cuts a text into lines without white space around them.
func split(text string) []string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return lines
}

// directive reads a line that is no relation. A module of the system's own library says
// nothing to us.
func directive(l string) (what, name string, ok bool) {
	f := strings.Fields(l)
	if len(f) < 2 || f[0] != "include" && f[0] != "includedir" && f[0] != "module" || strings.HasPrefix(f[1], "=") {
		return "", "", false
	}
	return f[0], strings.TrimSpace(strings.TrimPrefix(l, f[0])), true
}

// include reads a file or the files of a directory, in the order of their names.
func (r *reader) include(what, name string, within []string) error {
	switch what {
	case "module":
		return nil
	case "include":
		return r.file(filepath.Clean(name), within)
	}
	entries, err := os.ReadDir(name)
	if os.IsNotExist(err) {
		return nil // as packages write it before any file is there
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !included(e.Name()) {
			continue
		}
		if err := r.file(filepath.Join(name, e.Name()), within); err != nil {
			return err
		}
	}
	return nil
}

// included reports whether a file of a directory is read: letters, digits, dashes and
// underscores, or a name that ends in .conf.
func included(name string) bool {
	if strings.HasPrefix(name, ".") {
		return false
	}
	if strings.HasSuffix(name, ".conf") {
		return true
	}
	return strings.IndexFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
	}) < 0
}
