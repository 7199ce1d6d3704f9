// Package localfile reads the files that a user names: at most so many bytes, for
// no longer than a context lasts, and secrets only where nobody else can change or
// read them. It also says whether two names are one file.
//
// It writes nothing.
package localfile
