// Package localfile reads the files that a user names: up to a number of bytes, for
// no longer than a context lasts, and secrets only where no other user can change or
// read them. It also says whether two names are one file, and whose a file is that several write.
//
// It writes nothing into them.
package localfile
