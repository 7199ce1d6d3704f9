// Package usertext is for messages about text that a user wrote: the text quoted,
// cut short and without passwords ([Quote]), the known name that was probably
// meant ([Nearest]), and the text as one word of a shell ([ShellWord]). It imports
// nothing of this module.
package usertext
