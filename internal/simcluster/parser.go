package simcluster

import (
	"fmt"
	"strings"
)

// parser reads one statement. The methods that accept return whether they have
// read what they were asked for.
type parser struct {
	coordinator *coordinator
	session     *session
	sql         string
	tokens      []token
	at          int // index of the next token
	depth       int // of nested expressions
}

// maxDepth is how deeply expressions may be nested.
const maxDepth = 100

func (c *coordinator) newParser(s *session, sql string) (*parser, error) {
	tokens, err := tokenize(sql)
	return &parser{coordinator: c, session: s, sql: sql, tokens: tokens}, err
}

func (p *parser) peek() token { return p.tokens[p.at] }

// next reads a token. The end of the statement stays the next token.
func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// accept reads words or symbols, all of them or nothing.
func (p *parser) accept(texts ...string) bool {
	for i, text := range texts {
		if p.at+i >= len(p.tokens) || !p.tokens[p.at+i].is(text) {
			return false
		}
	}
	p.at += len(texts)
	return true
}

// expect is accept with a syntax error.
func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.syntaxError()
	}
	return nil
}

// end fails unless the whole statement was read.
func (p *parser) end() error {
	if p.peek().kind != tokenEnd {
		return p.syntaxError()
	}
	return nil
}

// name reads the name of a database, a table or a column.
func (p *parser) name() (string, error) {
	if t := p.peek(); t.kind != tokenWord && t.kind != tokenQuotedWord {
		return "", p.syntaxError()
	}
	return p.next().text, nil
}

// clauseWords end a select item, so that they are no alias.
var clauseWords = map[string]bool{"as": true, "from": true, "limit": true, "where": true, "order": true, "group": true, "union": true}

// alias reads the optional name of a select item; "" if there is none.
func (p *parser) alias() (string, error) {
	if p.accept("as") {
		if p.peek().kind == tokenText {
			return strings.ToLower(p.next().text), nil
		}
		return p.name()
	}
	if t := p.peek(); t.kind == tokenQuotedWord || t.kind == tokenText || t.kind == tokenWord && !clauseWords[t.text] {
		return strings.ToLower(p.next().text), nil
	}
	return "", nil
}

// syntaxError returns a syntax error at the next token in Impala's format. The list
// of expected keywords is shortened to those that this server supports.
func (p *parser) syntaxError() error {
	t := p.peek()
	start := strings.LastIndexByte(p.sql[:t.start], '\n') + 1
	line, _, _ := strings.Cut(p.sql[start:], "\n")
	number := 1 + strings.Count(p.sql[:start], "\n")
	return sqlError(fmt.Sprintf("ParseException: Syntax error in line %d:\n%s\n%s^\nEncountered: %s\n"+
		"Expected: DESCRIBE, EXPLAIN, SELECT, SET, SHOW, UNSET, USE, VALUES\n\nCAUSED BY: Exception: Syntax error\n",
		number, line, strings.Repeat(" ", min(t.start-start, 256)), encountered(t)))
}

// encountered is what Impala calls a token in a syntax error.
func encountered(t token) string {
	switch t.kind {
	case tokenEnd:
		return "EOF"
	case tokenNumber:
		if strings.Contains(t.text, ".") {
			return "DECIMAL LITERAL"
		}
		return "INTEGER LITERAL"
	case tokenText:
		return "STRING LITERAL"
	case tokenSymbol:
		return t.text
	}
	if clauseWords[t.text] {
		return strings.ToUpper(t.text)
	}
	return "IDENTIFIER"
}
