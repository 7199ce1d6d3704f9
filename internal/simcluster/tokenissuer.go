package simcluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// TokenIssuer issues JWTs, for clients of a cluster with AuthJWT whose Config.JWKS is the
// issuer's.
type TokenIssuer struct{ key *ecdsa.PrivateKey }

// issuerKeyID is the ID of an issuer's only key.
const issuerKeyID = "impala-lbcheck"

// NewTokenIssuer returns an issuer with a new key.
func NewTokenIssuer() (*TokenIssuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return &TokenIssuer{key}, err
}

// JWKS returns the issuer's key set.
func (i *TokenIssuer) JWKS() ([]byte, error) {
	point, err := i.key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	half := (len(point) - 1) / 2
	encode := base64.RawURLEncoding.EncodeToString
	return json.Marshal(map[string]any{"keys": []jsonWebKey{{
		Type: "EC", ID: issuerKeyID, Algorithm: "ES256", Curve: "P-256", X: encode(point[1 : 1+half]), Y: encode(point[1+half:]),
	}}})
}

// Token returns a token for a user that is valid from now on.
func (i *TokenIssuer) Token(user string, now time.Time, lifetime time.Duration) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{userClaim: user, "iat": now.Unix(), "exp": now.Add(lifetime).Unix()})
	t.Header["kid"] = issuerKeyID
	return t.SignedString(i.key)
}
