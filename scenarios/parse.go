package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// ParseError places a fault in a scenario file.
type ParseError struct {
	File      string // as given to Parse
	Line, Col int    // from 1; 0 where the fault is the whole file's
	Msg       string // one line
}

// Error returns "file:line:col: message".
func (e *ParseError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// The bounds of a scenario file. A long one, with a thousand names, has a tenth
// of these.
const (
	maxSource = 1 << 20 // bytes
	maxTokens = 20_000  // which bounds nesting, too
)

// Parse reads a scenario from strict YAML; file names it in errors, which are
// all of type [*ParseError]. What the source leaves out is as in [Default],
// and a name left out is the file's, without its extension. A list replaces the
// default one as a whole.
//
// An unknown or repeated key, a value of another type, and a value that its key
// cannot have are errors; a contradiction between keys is left to
// [Scenario.Validate], since flags may still settle it. Anchors, aliases, tags
// and further documents are refused. A byte order mark and Windows line ends are
// read as if they were not there.
func Parse(file string, src []byte) (Scenario, error) {
	root, perr := readYAML(file, src)
	if perr != nil {
		return Scenario{}, perr
	}
	s := Default()
	s.Name = ""
	d := decoder{file: file}
	if perr := d.decode(root, place(&s), ""); perr != nil {
		return Scenario{}, perr
	}
	if s.Name == "" {
		base := filepath.Base(file)
		s.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	s.Derive(func(key string) bool { return find(root, key) != nil })
	if invalid := s.checkValues(); invalid != nil {
		return Scenario{}, locate(file, root, invalid)
	}
	return s, nil
}

// DecodeYAML reads another file of ours as strictly as Parse reads a scenario:
// v points to a struct of text, numbers (int, uint16, uint64, float64), booleans,
// [encoding.TextUnmarshaler], and of structs, pointers, slices and maps of these,
// whose fields all have a yaml key. What the source leaves out stays as v has it.
// Every error is a [*ParseError].
func DecodeYAML(file string, src []byte, v any) error {
	root, perr := readYAML(file, src)
	if perr != nil {
		return perr
	}
	d := decoder{file: file}
	if perr := d.decode(root, place(v), ""); perr != nil {
		return perr
	}
	return nil
}

// Locate turns an [*InvalidError] about a key that the source sets into a
// [*ParseError] at that key's value. Any other error, and one about a key that
// the source leaves to flags and defaults, is returned as it is.
func Locate(file string, src []byte, err error) error {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	root, perr := readYAML(file, src)
	if perr != nil {
		return err
	}
	return locate(file, root, invalid)
}

func locate(file string, root ast.Node, invalid *InvalidError) error {
	at := find(root, invalid.Key)
	if at == nil {
		return invalid
	}
	pos := at.GetToken().Position
	return &ParseError{File: file, Line: pos.Line, Col: pos.Column, Msg: invalid.Error()}
}

// readYAML returns the one document's root.
func readYAML(file string, src []byte) (root ast.Node, perr *ParseError) {
	src, perr = plainText(file, src)
	if perr != nil {
		return nil, perr
	}
	defer func() {
		if r := recover(); r != nil { // the library has panicked on odd input before
			root, perr = nil, &ParseError{File: file, Msg: "this is not YAML that can be read"}
		}
	}()
	tokens := lexer.Tokenize(string(src))
	if perr := onlyPlainTokens(file, tokens); perr != nil {
		return nil, perr
	}
	// Repeated keys are found by the decoder, which knows their full names.
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxError(file, err)
	}
	return oneDocument(file, tree)
}

// plainText returns src as UTF-8 text with Unix line ends, or says why it is none.
func plainText(file string, src []byte) ([]byte, *ParseError) {
	if len(src) > maxSource {
		return nil, &ParseError{File: file, Msg: fmt.Sprintf("%d bytes are too many: a file has at most %d", len(src), maxSource)}
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	line := 0
	for text := range bytes.Lines(src) {
		line++
		if text[0] == '\t' {
			return nil, &ParseError{file, line, 1, "a tab cannot indent YAML; use spaces"}
		}
		for col, r := range string(text) {
			if r == utf8.RuneError && !utf8.FullRune(text[col:]) || r == utf8.RuneError && text[col] != 0xEF {
				return nil, &ParseError{file, line, col + 1, "this is not UTF-8 text"}
			}
			if r < ' ' && r != '\t' && r != '\n' || r == 0x7F {
				return nil, &ParseError{file, line, col + 1, fmt.Sprintf("control character %U; in a quoted string write it as \\x%02x", r, r)}
			}
		}
	}
	return src, nil
}

// onlyPlainTokens refuses what a scenario has no use for and what could grow
// without bound. The scanner's own complaints come out here, too.
func onlyPlainTokens(file string, tokens token.Tokens) *ParseError {
	if len(tokens) > maxTokens {
		return &ParseError{File: file, Msg: fmt.Sprintf("more than %d words and signs: too long for a file of ours", maxTokens)}
	}
	for _, t := range tokens {
		msg := ""
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			msg = "anchors and aliases are not read here; write the value out"
		case token.TagType:
			msg = "tags are not read here; leave it out"
		case token.DirectiveType:
			msg = "directives are not read here; leave it out"
		case token.MappingKeyType:
			msg = "write a key as \"key: value\", without the question mark"
		case token.InvalidType:
			msg = firstLine(t.Error)
		default:
			continue
		}
		return &ParseError{file, t.Position.Line, t.Position.Column, msg}
	}
	return nil
}

func oneDocument(file string, tree *ast.File) (ast.Node, *ParseError) {
	var root ast.Node
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if root != nil {
			pos := doc.Body.GetToken().Position
			if doc.Start != nil {
				pos = doc.Start.Position
			}
			return nil, &ParseError{file, pos.Line, pos.Column, "a second document begins here; a file holds one"}
		}
		root = doc.Body
	}
	if root == nil {
		return nil, &ParseError{File: file, Msg: "the file is empty; `impala-lbcheck scenarios show smoke` prints one to start from"}
	}
	return root, nil
}

// syntaxError says what the library says, on one line and in our form.
func syntaxError(file string, err error) *ParseError {
	e := &ParseError{File: file, Msg: firstLine(err.Error())}
	var at yaml.Error
	if errors.As(err, &at) {
		e.Msg = firstLine(at.GetMessage())
		if t := at.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Col = t.Position.Line, t.Position.Column
		}
	}
	return e
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
