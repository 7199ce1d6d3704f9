package simcluster

import "strings"

// tokenKind is the kind of a token. Symbols and keywords are told apart by their text.
type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenQuotedWord
	tokenNumber
	tokenText
	tokenSymbol
)

// token is a piece of a statement: sql[start:end].
type token struct {
	kind       tokenKind
	text       string // a word in lower case, a string without its quotes and escapes, otherwise as written
	start, end int
}

// is reports whether t is the given symbol, or the given word in lower case.
func (t token) is(text string) bool {
	return t.text == text && (t.kind == tokenWord || t.kind == tokenSymbol)
}

// maxTokens is how many tokens a statement may have.
const maxTokens = 1 << 14

// errStatementTooLong is the error for a statement with more tokens.
const errStatementTooLong sqlError = "AnalysisException: Exceeded the statement expression limit (16384)\n"

// tokenize splits a statement into tokens, the last of which is tokenEnd. Comments
// and semicolons at the end are left out.
func tokenize(sql string) ([]token, error) {
	tokens := make([]token, 0, 8)
	for at := skipSpace(sql, 0); at < len(sql); at = skipSpace(sql, at) {
		if len(tokens) == maxTokens {
			return nil, errStatementTooLong
		}
		t := nextToken(sql, at)
		tokens = append(tokens, t)
		at = t.end
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	end := 0
	if len(tokens) > 0 {
		end = tokens[len(tokens)-1].end
	}
	return append(tokens, token{kind: tokenEnd, start: end, end: end}), nil
}

// skipSpace returns the start of the next token, which may be len(sql).
func skipSpace(sql string, at int) int {
	for at < len(sql) {
		rest := sql[at:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			at++
		case strings.HasPrefix(rest, "--"):
			at += lengthThrough(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			at += 2 + lengthThrough(rest[2:], "*/")
		default:
			return at
		}
	}
	return at
}

// lengthThrough returns the length of text up to and including end, or all of it.
func lengthThrough(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

func nextToken(sql string, at int) token {
	b := sql[at]
	switch {
	case isWordByte(b) && !isDigit(b):
		end := endOf(sql, at, isWordByte)
		return token{tokenWord, strings.ToLower(sql[at:end]), at, end}
	case isDigit(b) || b == '.' && at+1 < len(sql) && isDigit(sql[at+1]):
		end := numberEnd(sql, at)
		return token{tokenNumber, sql[at:end], at, end}
	case b == '\'' || b == '"':
		return textToken(sql, at)
	case b == '`':
		if n := strings.IndexByte(sql[at+1:], '`'); n > 0 {
			return token{tokenQuotedWord, strings.ToLower(sql[at+1 : at+1+n]), at, at + n + 2}
		}
	}
	return token{tokenSymbol, sql[at : at+1], at, at + 1}
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isWordByte(b byte) bool {
	return isDigit(b) || b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// endOf returns the end of the run of bytes for which accept holds.
func endOf(sql string, at int, accept func(byte) bool) int {
	for at < len(sql) && accept(sql[at]) {
		at++
	}
	return at
}

// numberEnd returns the end of a number: digits, and a fraction.
func numberEnd(sql string, at int) int {
	end := endOf(sql, at, isDigit)
	if end < len(sql) && sql[end] == '.' {
		end = endOf(sql, end+1, isDigit)
	}
	return end
}

// textToken reads a string in quotes, in which a backslash takes the next byte as
// it is. Without its closing quote the opening one is a symbol.
func textToken(sql string, at int) token {
	var text strings.Builder
	for i := at + 1; i < len(sql); i++ {
		switch {
		case sql[i] == sql[at]:
			return token{tokenText, text.String(), at, i + 1}
		case sql[i] == '\\' && i+1 < len(sql):
			i++
		}
		text.WriteByte(sql[i])
	}
	return token{tokenSymbol, sql[at : at+1], at, at + 1}
}
