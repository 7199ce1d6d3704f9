package main

import (
	"bytes"
	"encoding/pem"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// rootBundle returns Mozilla's root certificates as PEM, in the order of the module that
// carries them, whose version is pinned in go.mod: a bundle of the machine that builds is
// another one after each of its updates.
//
// A root that Mozilla trusts under a condition, such as for certificates issued before a
// date, is left out, since PEM cannot carry the condition.
func rootBundle() ([]byte, error) {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
