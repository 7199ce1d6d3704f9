package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Format is what messages say of a kind of file.
type Format struct {
	Example string // one line of such a file: "name: smoke"
	Start   string // how to get a file to start from; part of a sentence: "`cmd` prints one"
}

// Document is a file that was parsed.
type Document struct {
	file   string
	format Format
	root   ast.Node
}

// The bounds of a file. A scenario with a thousand names has a tenth of these.
const (
	maxSize   = 1 << 20 // bytes
	maxTokens = 20_000  // bounds nesting, too
)

// Read parses a file; name is for errors, which are all of type [Errors].
func (f Format) Read(name string, src []byte) (*Document, error) {
	d := &Document{file: name, format: f}
	if e := d.parse(src); e != nil {
		return nil, Errors{e}
	}
	return d, nil
}

// Has reports whether the file sets a key, given by its full name.
func (d *Document) Has(key string) bool { return find(d.root, key) != nil }

// At returns an error at the value of a key, given by its full name; nil where the
// file does not set the key.
func (d *Document) At(key, msg string) *Error {
	n := find(d.root, key)
	if n == nil {
		return nil
	}
	return at(d.file, n.GetToken(), "%s", msg)
}

// Locate turns a [*KeyError] about a key that the file sets into an [*Error] at the
// key's value. Any other error is returned unchanged.
func (d *Document) Locate(err error) error {
	if invalid, ok := errors.AsType[*KeyError](err); ok {
		if e := d.At(invalid.Key, invalid.Error()); e != nil {
			return e
		}
	}
	return err
}

func (d *Document) parse(src []byte) (e *Error) {
	src, e = plainText(d.file, src)
	if e != nil {
		return e
	}
	defer func() {
		if r := recover(); r != nil { // the library has panicked on odd input before
			e = &Error{File: d.file, Msg: "cannot parse this file as YAML"}
		}
	}()
	tokens := lexer.Tokenize(string(src))
	if e := checkTokens(d.file, tokens); e != nil {
		return e
	}
	// Repeated keys are found by the decoder, which knows their full names.
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return syntaxError(d.file, err)
	}
	return d.setRoot(tree)
}

// plainText returns src as UTF-8 text with Unix line ends, or why it is not text.
func plainText(file string, src []byte) ([]byte, *Error) {
	if len(src) > maxSize {
		return nil, &Error{File: file, Msg: fmt.Sprintf("the file has %d bytes; the limit is %d", len(src), maxSize)}
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	line := 0
	for text := range bytes.Lines(src) {
		line++
		if text[0] == '\t' {
			return nil, &Error{file, line, 1, "a tab cannot indent YAML; use spaces"}
		}
		for col, r := range string(text) {
			if r == utf8.RuneError && !utf8.FullRune(text[col:]) || r == utf8.RuneError && text[col] != 0xEF {
				return nil, &Error{file, line, col + 1, "this is not UTF-8 text"}
			}
			if r < ' ' && r != '\t' && r != '\n' || r == 0x7F {
				return nil, &Error{file, line, col + 1, fmt.Sprintf("control character %U; in a quoted string write it as \\x%02x", r, r)}
			}
		}
	}
	return src, nil
}

// checkTokens refuses the parts of YAML that are not supported, some of which
// could grow without bound. The scanner's own errors are tokens, too.
func checkTokens(file string, tokens token.Tokens) *Error {
	if len(tokens) > maxTokens {
		return &Error{File: file, Msg: fmt.Sprintf("the file has more than %d YAML tokens, which is the limit", maxTokens)}
	}
	for _, t := range tokens {
		msg := ""
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			msg = "anchors and aliases are not supported; write the value out"
		case token.TagType:
			msg = "tags are not supported; remove it"
		case token.DirectiveType:
			msg = "directives are not supported; remove it"
		case token.MappingKeyType:
			msg = `write a key as "key: value", without the question mark`
		case token.InvalidType:
			msg = firstLine(t.Error)
		default:
			continue
		}
		return at(file, t, "%s", msg)
	}
	return nil
}

// setRoot takes the root of the only document.
func (d *Document) setRoot(tree *ast.File) *Error {
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if d.root != nil {
			begin := doc.Body.GetToken()
			if doc.Start != nil {
				begin = doc.Start
			}
			return at(d.file, begin, "a second document begins here; a file has only one")
		}
		d.root = doc.Body
	}
	if d.root == nil {
		return &Error{File: d.file, Msg: "the file is empty; " + d.format.Start}
	}
	return nil
}

// syntaxError returns the library's message on one line and in our form.
func syntaxError(file string, err error) *Error {
	if located, ok := errors.AsType[yaml.Error](err); ok {
		return at(file, located.GetToken(), "%s", firstLine(located.GetMessage()))
	}
	return &Error{File: file, Msg: firstLine(err.Error())}
}
