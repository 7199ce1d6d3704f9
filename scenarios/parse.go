package scenarios

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
)

// ParseError is one thing that is wrong with a scenario file.
type ParseError struct {
	File      string // as given to Parse
	Line, Col int    // from 1; 0 where the error is about the whole file
	Msg       string // one line
}

// Error returns "file:line:col: message".
func (e *ParseError) Error() string { return (*strictyaml.Error)(e).Error() }

// ParseErrors is several things that are wrong with a scenario file, in the order
// of the file.
type ParseErrors []*ParseError

// Error returns a line for each.
func (es ParseErrors) Error() string { return errors.Join(es.Unwrap()...).Error() }

// Unwrap returns each as an error.
func (es ParseErrors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// scenarioFile is what messages say of a scenario file.
var scenarioFile = strictyaml.Format{
	Example: `"name: smoke"`,
	Start:   "`impala-lbcheck scenarios show smoke` prints one to start from",
}

// Parse reads a scenario from strict YAML; file names it in errors, which are
// a [*ParseError] or, where there are several, [ParseErrors]. What the source
// leaves out is as in [Default], and a name left out is the file's, without its
// extension. A list replaces the default one as a whole.
//
// An unknown or repeated key, a value of another type, and a value that its key
// cannot have are errors; a contradiction between keys is left to
// [Scenario.Validate], since flags may still settle it. Anchors, aliases, tags
// and further documents are refused. A byte order mark and Windows line ends are
// read as if they were not there.
func Parse(file string, src []byte) (Scenario, error) {
	doc, err := scenarioFile.Read(file, src)
	if err != nil {
		return Scenario{}, publicError(err)
	}
	s := Default()
	s.Name = ""
	if err := doc.Decode(&s); err != nil {
		return Scenario{}, publicError(err)
	}
	if s.Name == "" {
		base := filepath.Base(file)
		s.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	s.Derive(doc.Has)
	if invalid := s.checkValues(); invalid != nil {
		return Scenario{}, locate(doc, invalid)
	}
	return s, nil
}

// Locate turns an [*InvalidError] about a key that the source sets into a
// [*ParseError] at that key's value. Any other error, and one about a key that
// the source leaves to flags and defaults, is returned as it is.
func Locate(file string, src []byte, err error) error {
	invalid, ok := errors.AsType[*InvalidError](err)
	if !ok {
		return err
	}
	doc, unreadable := scenarioFile.Read(file, src)
	if unreadable != nil {
		return err
	}
	return locate(doc, invalid)
}

func locate(doc *strictyaml.Document, invalid *InvalidError) error {
	if e := doc.At(invalid.Key, invalid.Error()); e != nil {
		return (*ParseError)(e)
	}
	return invalid
}

// publicError returns what the YAML reader reports in types of this package.
func publicError(err error) error {
	internal, ok := errors.AsType[strictyaml.Errors](err)
	if !ok {
		return err
	}
	all := make(ParseErrors, len(internal))
	for i, e := range internal {
		all[i] = (*ParseError)(e)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// Marshal writes the YAML that [Parse] reads as s again: every key that is set
// or has a default that is not zero. It fails on a value that cannot be text.
func (s Scenario) Marshal() ([]byte, error) { return strictyaml.Marshal(s, Default()) }
