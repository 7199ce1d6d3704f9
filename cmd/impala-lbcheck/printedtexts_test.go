package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// form is how a passage is read.
type form int

const (
	inProse form = iota // sentences that may name flags and commands
	asSpan              // `code` within a sentence: perhaps a command without its program's name, or flags alone
	asLine              // a line of an example, to be pasted into a shell
)

// passage is a piece of what a user reads.
type passage struct {
	place string
	form  form
	text  string
}

// repo is where the module's root is, seen from this package.
const repo = "../.."

// printedRooms hold the code whose texts users read.
var printedRooms = []string{"cmd", "hs2client", "internal/doctor", "internal/impalaweb", "internal/localfile", "internal/mask",
	"internal/provision", "internal/shellcmd", "internal/simcluster", "lbcheck", "report", "scenarios", "vocab"}

// passages is all that a user reads: documents, help, and what the code prints.
func passages(t *testing.T) []passage {
	t.Helper()
	var out []passage
	for name, src := range documents(t) {
		out = append(out, markdownPassages(name, src)...)
	}
	for name, src := range commented(t) {
		out = append(out, prose(name, strings.ReplaceAll(src, "\n# ", "\n"))...)
	}
	eachCommand(newRoot(env{}), func(cmd *cobra.Command) { out = append(out, help(cmd)...) })
	for _, room := range printedRooms {
		for name, texts := range literals(t, room) {
			for _, text := range texts {
				out = append(out, prose(name, text)...)
			}
		}
	}
	return out
}

// documents are the Markdown files, by their path in the repository.
func documents(t *testing.T) map[string]string {
	t.Helper()
	out := files(t, ".", ".md")
	if out["README.md"] == "" || out["docs/faults.md"] == "" || out["interop/README.md"] == "" {
		t.Fatalf("documents are missing; found %d", len(out))
	}
	return out
}

// commented are the files whose comments users read.
func commented(t *testing.T) map[string]string {
	t.Helper()
	out := files(t, ".github", ".yml")
	for _, room := range []string{"scenarios/builtin", "internal/provision/lbfile/init"} {
		for name, src := range files(t, room, ".yaml") {
			out[name] = src
		}
	}
	return out
}

// files reads the files below a folder of the repository whose names end in ext.
func files(t *testing.T, folder, ext string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join(repo, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == ".git" || d.Name() == ".work") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ext {
			return err
		}
		src, err := os.ReadFile(path)
		name, relErr := filepath.Rel(repo, path)
		if relErr != nil {
			return relErr
		}
		out[filepath.ToSlash(name)] = string(src)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files %s in %s: %v", len(out), ext, folder, err)
	}
	return out
}

// eachCommand calls f with cmd and every command below it.
func eachCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, f)
	}
}

// help is the help page of one command.
func help(cmd *cobra.Command) []passage {
	place := cmd.CommandPath() + " --help"
	out := append(prose(place, cmd.Short), prose(place, cmd.Long)...)
	for _, line := range joined(cmd.Example) {
		out = append(out, passage{place, asLine, line})
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { out = append(out, prose(place+", --"+f.Name, f.Usage)...) })
	return out
}

var (
	fence = regexp.MustCompile("(?ms)^ *```([a-z]*)\n(.*?)\n *```$")
	// An indented line behind an empty one, as in interop/README.md.
	indented = regexp.MustCompile(`(?m)^    [^ \n].*$`)
	span     = regexp.MustCompile("`[^`]+`")
	// sample is what only a report has.
	sample = regexp.MustCompile(`(?m)^Findings$`)
)

// markdownPassages takes a document apart: fences by line, the rest by paragraph.
func markdownPassages(name, src string) []passage {
	var out []passage
	lines := func(code string) string {
		if sample.MatchString(code) {
			out = append(out, passage{name, inProse, code})
			return ""
		}
		for _, line := range joined(code) {
			out = append(out, passage{name, asLine, line})
		}
		return ""
	}
	src = fence.ReplaceAllStringFunc(src, func(block string) string { return lines(fence.FindStringSubmatch(block)[2]) })
	src = indented.ReplaceAllStringFunc(src, lines)
	for paragraph := range strings.SplitSeq(src, "\n\n") {
		out = append(out, prose(name, paragraph)...)
	}
	return out
}

// prose parts a paragraph from the code in it.
func prose(place, paragraph string) []passage {
	var out []passage
	paragraph = strings.ReplaceAll(paragraph, `\|`, "|") // as a table has it
	rest := span.ReplaceAllStringFunc(paragraph, func(code string) string {
		out = append(out, passage{place, asSpan, strings.Join(strings.Fields(strings.Trim(code, "`")), " ")})
		return "`"
	})
	return append(out, passage{place, inProse, rest})
}

// joined are lines of which those that are continued are one: by a backslash, as
// in a shell, or by a flag that begins the next line, as in YAML.
func joined(code string) []string {
	var out []string
	open := false
	for line := range strings.SplitSeq(code, "\n") {
		text := strings.TrimSpace(line)
		continued := strings.HasSuffix(text, `\`)
		text = strings.TrimSpace(strings.TrimSuffix(text, `\`))
		if len(out) > 0 && (open || strings.HasPrefix(text, "--")) {
			out[len(out)-1] += " " + text
		} else {
			out = append(out, text)
		}
		open = continued
	}
	return out
}

// literals are the texts in the shipped code below a folder, by file.
func literals(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name, src := range files(t, folder, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field: // its tag is for decoders
				n.Tag = nil
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					out[name] = append(out[name], text)
				}
			}
			return true
		})
	}
	return out
}

func TestPassages_TakeTextApart(t *testing.T) {
	t.Parallel()
	got := markdownPassages("x.md", "Say `--policy P` to\n`smoke\nHOST`.\n\n```yaml\n- a b \\\n  c\n- d\n    --e f\n```\n\n    g h\n\n| `x a\\|b` | --i |\n")
	for _, want := range []passage{
		{"x.md", asSpan, "--policy P"}, {"x.md", asSpan, "smoke HOST"}, {"x.md", asLine, "- a b c"},
		{"x.md", asLine, "- d --e f"}, {"x.md", asLine, "g h"}, {"x.md", asSpan, "x a|b"}, {"x.md", inProse, "| ` | --i |\n"},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %+v in %+v", want, got)
		}
	}
}
