// Package httpserve is what every HTTP server of ours is made of: [Listen] takes an
// address that other machines reach only where that was asked for, and [Serve] answers
// within the same bounds, whoever asks.
//
// On loopback a server answers for its own address alone. A page elsewhere, whose name
// was made to lead to this machine, cannot read it through somebody's browser.
package httpserve
