// Package manpage writes the commands of impala-lbcheck as man pages.
//
// [Commands] lists the commands that have a page, [Name] is the name of one's page, and
// [Write] writes it in the macros of man(7), so that groff and mandoc take it. A page has
// what --help says, with the flags in the same sections and with the same defaults.
//
// It reads no clock, so that the same commit gives the same pages, and writes no file.
package manpage
