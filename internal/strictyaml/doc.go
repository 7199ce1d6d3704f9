// Package strictyaml reads and writes YAML files that people edit: scenarios and
// lb.yaml.
//
// It is stricter than YAML. An unknown, repeated or empty key is an error, as is a
// value of another type: 1.2 is not text, "5" and 1.5 are not whole numbers.
// Anchors, aliases, tags, directives and further documents are refused, and so is
// a file that is larger than any that people write. A byte order mark and Windows
// line ends are read as if they were not there.
//
// [Format.Read] parses a file, [Document.Decode] fills a struct from it, and
// reports every error with line and column ([Errors]). [Document.Locate] adds the
// place to a later error about one key. [Marshal] writes what Decode reads. What
// messages say of the file as a whole, such as which command prints an example,
// comes from the caller: [Format].
//
// Only the scanner and the parser of github.com/goccy/go-yaml are used. Its strict
// decoder reads "min_version: 1.2" as text and 1.9 sessions as one, ignores keys
// without a value and a second document, and reports no position where a value's
// own UnmarshalText fails. Its encoder writes "00  \n" as a block without the two
// spaces, and omits zeros that are not the default.
package strictyaml
