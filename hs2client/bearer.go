package hs2client

import (
	"fmt"
	"io"
)

// Bearer is a JWT or an OAuth token, for a login over HTTP. No formatting verb and no
// encoding shows it.
type Bearer struct {
	Token string `json:"-" yaml:"-"`
}

// String shows nothing of the token.
func (b Bearer) String() string { return "Bearer{token not shown}" }

// GoString is String.
func (b Bearer) GoString() string { return b.String() }

// Format writes String whatever the verb.
func (b Bearer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }
