// Package usertext is for messages about text that a user wrote: the text quoted,
// cut short and without passwords ([Quote]), and the known name that was probably
// meant ([Nearest]). It imports nothing of this module.
package usertext
