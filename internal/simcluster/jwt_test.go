package simcluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signingKey is a private key, and what a key set has of it.
type signingKey struct {
	private any
	entry   jsonWebKey
}

func newSigningKey(t *testing.T, algorithm, id string) signingKey {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	switch family(algorithm) {
	case "hs":
		secret := []byte(rand.Text())
		return signingKey{secret, jsonWebKey{Type: "oct", ID: id, Algorithm: algorithm, Secret: encode(secret)}}
	case "rs":
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		return signingKey{key, jsonWebKey{Type: "RSA", ID: id, Algorithm: algorithm, Modulus: encode(key.N.Bytes()), Exponent: encode(big.NewInt(int64(key.E)).Bytes())}}
	}
	curve := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[algorithm]
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	half := (len(point) - 1) / 2
	return signingKey{key, jsonWebKey{Type: "EC", ID: id, Algorithm: algorithm, Curve: curve.Params().Name, X: encode(point[1 : 1+half]), Y: encode(point[1+half:])}}
}

// token signs a token with the key's algorithm, or another one. id is the key's in the
// header; "": none.
func (k signingKey) token(t *testing.T, algorithm, id string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), jwt.MapClaims{"username": "alice", "exp": time.Now().Add(time.Hour).Unix()})
	if id != "" {
		token.Header["kid"] = id
	}
	text, err := token.SignedString(k.private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func keySetOf(t *testing.T, keys ...signingKey) *keySet {
	t.Helper()
	var entries []jsonWebKey
	for _, k := range keys {
		entries = append(entries, k.entry)
	}
	b, err := json.Marshal(map[string]any{"keys": entries})
	if err != nil {
		t.Fatal(err)
	}
	set, err := parseKeySet(b)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestKeySet_Algorithms(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			k, other := newSigningKey(t, algorithm, "k1"), newSigningKey(t, "HS256", "k0")
			set := keySetOf(t, other, k)
			for _, id := range []string{"k1", ""} {
				if user, reason := set.userOf(k.token(t, algorithm, id), time.Now()); user != "alice" || reason != "" {
					t.Errorf("kid %q: %q, %q", id, user, reason)
				}
			}
			if user, reason := set.userOf(k.token(t, algorithm, "k2"), time.Now()); user != "" || reason != "Invalid JWK ID in the JWT token" {
				t.Errorf("unknown kid: %q, %q", user, reason)
			}
		})
	}
}

func TestKeySet_RefusesTokens(t *testing.T) {
	t.Parallel()
	k, again := newSigningKey(t, "RS256", "k1"), newSigningKey(t, "RS256", "k1")
	set := keySetOf(t, k)
	unsecured, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"username": "alice"}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	good := k.token(t, "RS256", "k1")
	// a token that uses the public key as if it were a secret
	confused := signingKey{private: k.private.(*rsa.PrivateKey).N.Bytes()}.token(t, "HS256", "k1")
	for name, c := range map[string]struct{ token, reason string }{
		"unsecured":         {unsecured, "Unsecured JWT"},
		"another key":       {again.token(t, "RS256", "k1"), "invalid signature"},
		"another algorithm": {k.token(t, "RS512", "k1"), "not matching with JWK algorithm"},
		"another family":    {confused, "Invalid JWK ID"},
		"changed":           {strings.Replace(good, ".", ".e30", 1), ""},
	} {
		if user, reason := set.userOf(c.token, time.Now()); user != "" || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: %q, %q; want %q", name, user, reason, c.reason)
		}
	}
	if user, reason := set.userOf(good, time.Now().Add(2*time.Hour)); user != "" || !strings.Contains(reason, "expired") {
		t.Errorf("expired: %q, %q", user, reason)
	}
	if user, _ := (&keySet{any: true}).userOf(again.token(t, "RS256", ""), time.Now()); user != "alice" {
		t.Errorf("without a key set a signed token is refused: %q", user)
	}
	if user, reason := (&keySet{any: true}).userOf(unsecured, time.Now()); user != "" || reason != "Unsecured JWT" {
		t.Errorf("without a key set: %q, %q", user, reason)
	}
}

func TestStart_RejectsInvalidKeySet(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`keys`:        "not a JSON Web Key Set",
		`{"keys":[]}`: "it has 0 keys",
		`{"keys":[{"kty":"RSA","n":"AQ","e":"AQ"}]}`:                            "alg",
		`{"keys":[{"kty":"RSA","alg":"ES256"}]}`:                                "does not fit",
		`{"keys":[{"kty":"RSA","alg":"RS256","n":"","e":"AQAB"}]}`:              "n is not a number",
		`{"keys":[{"kty":"RSA","alg":"RS256","n":"AQ","e":"AQAQAQAQAQ"}]}`:      "too large",
		`{"keys":[{"kty":"EC","alg":"ES256","crv":"P-1"}]}`:                     "crv",
		`{"keys":[{"kty":"EC","alg":"ES256","crv":"P-256","x":"AQ","y":"AQ"}]}`: "key 1",
		`{"keys":[{"kty":"oct","alg":"HS256"}]}`:                                "k is missing",
	} {
		var invalid *ConfigError
		cl, err := Start(Config{HTTP: true, Auth: AuthJWT, JWKS: []byte(text)})
		if !errors.As(err, &invalid) || invalid.Field != "JWKS" || !strings.Contains(invalid.Reason, want) {
			t.Errorf("%s: %v, %v; want %q", text, cl, err, want)
		}
	}
}

func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0"}]}`), "eyJhbGciOiJIUzI1NiJ9.e30.c2ln")
	f.Add([]byte(`{"keys":[{"kty":"EC","alg":"ES256","crv":"P-256","x":"AQ","y":"AQ"}]}`), "a.b.")
	f.Fuzz(func(t *testing.T, keys []byte, token string) {
		set, err := parseKeySet(keys)
		if err != nil {
			return
		}
		if user, reason := set.userOf(token, time.Now()); user != "" && reason != "" {
			t.Errorf("%q and %q", user, reason)
		}
	})
}
