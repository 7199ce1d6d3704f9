package simcluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// keySet has the keys with which tokens are signed (be/src/util/jwt-util.cc).
type keySet struct {
	any  bool // every signed token is accepted
	keys []publicKey
}

// publicKey is one key of a set.
type publicKey struct {
	id        string // "": none
	algorithm string // RS256...
	key       any    // as crypto has it; []byte for HS256...
}

// jsonWebKey is a key as in a file (RFC 7517).
type jsonWebKey struct {
	Type      string `json:"kty"`
	ID        string `json:"kid,omitempty"`
	Algorithm string `json:"alg"`
	Secret    string `json:"k,omitempty"`
	Modulus   string `json:"n,omitempty"`
	Exponent  string `json:"e,omitempty"`
	Curve     string `json:"crv,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
}

// maxKeys is the largest key set.
const maxKeys = 100

// parseKeySet reads a JSON Web Key Set; nil accepts every signed token.
func parseKeySet(b []byte) (*keySet, error) {
	if b == nil {
		return &keySet{any: true}, nil
	}
	var file struct {
		Keys []jsonWebKey `json:"keys"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("not a JSON Web Key Set: %w", err)
	}
	if len(file.Keys) == 0 || len(file.Keys) > maxKeys {
		return nil, fmt.Errorf("it has %d keys: it must have from 1 to %d", len(file.Keys), maxKeys)
	}
	set := &keySet{}
	for i, k := range file.Keys {
		key, err := k.publicKey()
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		set.keys = append(set.keys, key)
	}
	return set, nil
}

// publicKey converts a key, whose type must fit its algorithm.
func (k jsonWebKey) publicKey() (p publicKey, err error) {
	p = publicKey{id: k.ID, algorithm: strings.ToUpper(k.Algorithm)}
	if !slices.Contains([]string{"256", "384", "512"}, p.algorithm[min(2, len(p.algorithm)):]) {
		return p, fmt.Errorf("alg %.20q is not one of HS, RS, PS and ES with 256, 384 or 512", k.Algorithm)
	}
	switch k.Type + " " + family(p.algorithm) {
	case "oct hs":
		p.key, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(k.Secret, "="))
		if k.Secret == "" {
			err = fmt.Errorf("k is missing")
		}
	case "RSA rs":
		p.key, err = rsaKey(k)
	case "EC es":
		p.key, err = ecKey(k)
	default:
		err = fmt.Errorf("kty %.20q does not fit alg %.20q", k.Type, k.Algorithm)
	}
	return p, err
}

// family returns which keys an algorithm uses: hs, rs or es.
func family(algorithm string) string {
	name := strings.ToLower(algorithm[:min(2, len(algorithm))])
	if name == "ps" {
		return "rs"
	}
	return name
}

func rsaKey(k jsonWebKey) (*rsa.PublicKey, error) {
	n, err := number(k.Modulus, "n")
	if err != nil {
		return nil, err
	}
	e, err := number(k.Exponent, "e")
	if err != nil {
		return nil, err
	}
	if n.BitLen() > 16384 || !e.IsInt64() || e.Int64() > 1<<31-1 {
		return nil, fmt.Errorf("n or e is too large")
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func ecKey(k jsonWebKey) (*ecdsa.PublicKey, error) {
	curve, ok := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[k.Curve]
	if !ok {
		return nil, fmt.Errorf("crv %.20q is not one of P-256, P-384 and P-521", k.Curve)
	}
	x, err := number(k.X, "x")
	if err != nil {
		return nil, err
	}
	y, err := number(k.Y, "y")
	if err != nil {
		return nil, err
	}
	size := (curve.Params().BitSize + 7) / 8
	if x.BitLen() > 8*size || y.BitLen() > 8*size {
		return nil, fmt.Errorf("x or y is too large for %s", k.Curve)
	}
	point := append([]byte{4}, append(x.FillBytes(make([]byte, size)), y.FillBytes(make([]byte, size))...)...)
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}

// number decodes a number in base64.
func number(text, name string) (*big.Int, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("%s is not a number in base64url", name)
	}
	return new(big.Int).SetBytes(b), nil
}
