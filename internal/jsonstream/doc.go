// Package jsonstream parts a stream of JSON objects, however they are laid out: one a
// line, indented, or one right behind the other. It finds where objects end and checks
// nothing else. What it takes of memory is bounded.
package jsonstream
