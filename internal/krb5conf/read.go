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

// Read is the text of a krb5.conf with the files and directories that it includes in
// their place. It fails where one cannot be read, where files include each other, and
// where [Parse] would; errors name file and line.
func Read(path string, readFile ReadFile) (string, error) {
	r := reader{readFile: readFile}
	if err := r.file(path, nil); err != nil {
		return "", err
	}
	if _, err := interpret(r.lines); err != nil {
		return "", err
	}
	return r.text.String(), nil
}

// line is one that is not empty, no comment and no directive, and where it stands.
type line struct{ where, text string }

// reader collects lines.
type reader struct {
	readFile ReadFile
	files    int
	text     strings.Builder
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
	if r.text.Len()+len(data) > maxText {
		return fmt.Errorf("%s: the configuration is longer than %d bytes", path, maxText)
	}
	within, section := append(slices.Clip(within), path), ""
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
	return nil
}

// add keeps a line, unless it is empty or a comment.
func (r *reader) add(where, text string) {
	if text == "" || text[0] == '#' || text[0] == ';' {
		return
	}
	r.lines = append(r.lines, line{where, text})
	r.text.WriteString(text + "\n")
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
