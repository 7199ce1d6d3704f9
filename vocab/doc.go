// Package vocab holds the words that the client, the run and the judge share:
// the phases of a session, how a failure is classed, who answered and how that
// is known, which protocol is spoken, and where a certificate leads. It does
// nothing, and imports only internal/enum, which reads and writes words as text.
//
// Programs seldom import it: hs2client and scenarios have its types under names
// of their own (hs2client.Phase and scenarios.Phase are [Phase]), so that what
// the one measured is what the other records.
package vocab
