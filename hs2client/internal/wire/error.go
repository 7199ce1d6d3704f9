package wire

import "github.com/impala-lbcheck/impala-lbcheck/vocab"

// Error is why a call failed.
type Error struct {
	Kind   vocab.Kind
	Text   string  // the server's words where Remote is set; else ours, where Err is nil
	State  string  // the server's SQLSTATE; "": none
	Remote bool    // Text is the server's
	Fields []Field // of an HTTP head, after the text; nil: none
	Head   bool    // and the beginning of an answer that was not understood
	Label  string  // our words before that beginning; "": none
	Whole  bool    // the answer has ended: the stream can be used for the next call
	Err    error   // nil: Text is all there is
}

// Field is what a server says in a field of HTTP: whole, since secrets in it have to be
// masked before anything is cut off.
type Field struct{ Name, Value string }

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Text
}

// Unwrap returns the error below; nil where there is none.
func (e *Error) Unwrap() error { return e.Err }

// failure is an error of our own words.
func failure(kind vocab.Kind, text string) *Error { return &Error{Kind: kind, Text: text} }

// ServerError is an error that the server reports, with the SQLSTATE beside it.
func ServerError(text, state string) *Error {
	return &Error{Kind: serverTextOf(text).kind, Text: text, State: state, Remote: true}
}

// Unrecognized is the error of an answer that begins with an unexpected head.
func Unrecognized(kind vocab.Kind, head []byte) *Error {
	return &Error{Kind: kind, Text: string(head), Remote: true, Head: true}
}
