package simcluster

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// userClaim is the claim with the user's name (--jwt_custom_claim_username).
const userClaim = "username"

// userOf returns the user of a JWT. reason is what Impala tells the client about a token
// whose signature or time is wrong; both are "" for a token that cannot be decoded or has
// no user, about which it says nothing (be/src/rpc/authentication.cc, JWTTokenAuth).
func (s *keySet) userOf(token string, now time.Time) (user, reason string) {
	claims := jwt.MapClaims{}
	decoded, parts, err := jwt.NewParser().ParseUnverified(token, claims)
	if err != nil && !errors.Is(err, jwt.ErrTokenUnverifiable) {
		return "", ""
	}
	if reason := s.verify(decoded, parts); reason != "" {
		return "", reason
	}
	if s.any {
		user, _ = claims[userClaim].(string)
		return user, ""
	}
	validator := jwt.NewValidator(jwt.WithIssuedAt(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err := validator.Validate(claims); err != nil {
		return "", timeReason(err)
	}
	user, _ = claims[userClaim].(string)
	return user, ""
}

// timeReason is what is said about a token that is not valid now.
func timeReason(err error) string {
	if errors.Is(err, jwt.ErrTokenExpired) {
		return "Verification failed: token expired"
	}
	return "Verification failed: token is not valid yet"
}

// verify checks the signature of a decoded token; "" if it is good.
func (s *keySet) verify(t *jwt.Token, parts []string) (reason string) {
	if parts[2] == "" {
		return "Unsecured JWT"
	}
	if s.any {
		return ""
	}
	algorithm, _ := t.Header["alg"].(string)
	id, hasID := t.Header["kid"].(string)
	if t.Method == nil || t.Method.Alg() == "none" {
		return "Unsupported cryptographic algorithm for JWT"
	}
	candidates := s.candidates(family(algorithm), id, hasID)
	if len(candidates) == 0 && hasID {
		return "Invalid JWK ID in the JWT token"
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	for _, k := range candidates {
		if k.algorithm != algorithm {
			reason = "JWT algorithm is not matching with JWK algorithm"
			continue
		}
		if err == nil && t.Method.Verify(strings.Join(parts[:2], "."), signature, k.key) == nil {
			return ""
		}
		reason = "Verification failed: invalid signature"
	}
	if reason == "" {
		reason = "Verification failed, no matching valid key"
	}
	return reason
}

// candidates returns the keys to try: the one with the token's ID, or each of the family.
func (s *keySet) candidates(keys, id string, hasID bool) (found []publicKey) {
	for _, k := range s.keys {
		if family(k.algorithm) == keys && (!hasID || k.id == id) {
			found = append(found, k)
		}
	}
	return found
}
