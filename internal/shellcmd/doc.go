// Package shellcmd runs the commands that a user gives as text: by the system's
// shell, for no longer than a context lasts, with what they start.
//
// It keeps nothing of what a command says but the part that the caller wants.
package shellcmd
