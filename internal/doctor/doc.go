// Package doctor says which ways lead into a cluster, and for those that do not, why.
//
// [Examine] asks: every node what speaks on its ports, without a login, and then one
// session at the most of each cell of protocol, login and TLS that the answers leave
// possible. [Diagnose] is pure: it turns what was [Seen] into a [Report], by the table
// of causes in [Causes]. The same table is docs/troubleshooting.md ([Document]).
// What to do against a failure is in no table of its own here: hs2client and package
// judge say that, for every command alike.
//
// It refuses to send a password in clear, to send one again that was refused, and to
// show a secret in the lines that it prints for clients.
package doctor
