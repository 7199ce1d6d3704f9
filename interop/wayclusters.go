//go:build linux

package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Ports of the simulated clusters with every way in, and of HTTP on each: with HS2 and
// Beeswax it has three.
const (
	openWayPort = 21300 + 10*iota
	loginWayPort
	tokenWayPort
	slowPort
)

// defineWays sets how the clusters with every way in are created, and what comes in.
func (l *lab) defineWays(ctx context.Context) {
	venv := func(name string, packages []string) func() (string, error) {
		return sync.OnceValues(func() (string, error) { return l.installVenv(ctx, name, packages...) })
	}
	l.openWays = sync.OnceValues(func() (*cluster, error) { return l.startWays(ctx, "open-ways", openWayPort) })
	l.loginWays = sync.OnceValues(func() (*cluster, error) { return l.startLoginWays(ctx) })
	l.tokenWays = sync.OnceValues(func() (*cluster, error) { return l.startTokenWays(ctx) })
	l.balancerPlaces = sync.OnceValues(func() (*strings.Replacer, error) { return l.places(ctx) })
	l.tokens = sync.OnceValues(l.newTokens)
	l.ticket = sync.OnceValues(func() (string, error) {
		k, err := l.kdc()
		if err != nil {
			return "", err
		}
		return k.kinit(ctx, kdcPort, "clients", "1h")
	})
	// One after the other: they share the program that creates them.
	var creating sync.Mutex
	old := func(version string) func() (string, error) {
		return sync.OnceValues(func() (string, error) {
			creating.Lock()
			defer creating.Unlock()
			return l.installOldShell(ctx, version)
		})
	}
	l.shell43, l.shell41, l.shell34 = old("4.3.0"), old("4.1.0"), old("3.4.0")
	l.impyla18, l.dbt = venv("impyla-0.18", impyla18), venv("dbt", dbt)
	l.jdbc = sync.OnceValues(func() (string, error) { return l.installJDBC(ctx) })
}

// startWays starts a cluster that serves HS2, HS2 over HTTP and Beeswax. All sessions of
// a client's address go to one coordinator, because some clients dial anew for each call
// over HTTP, and a session is on one coordinator only.
func (l *lab) startWays(ctx context.Context, name string, port int, flags ...string) (*cluster, error) {
	if err := l.hosts(); err != nil {
		return nil, err
	}
	ca := l.file("pki", name+"-ca.pem")
	flags = append(flags, "--hs2-http-port", strconv.Itoa(port+2), "--nodes", "1", "--coordinators", "3", "--balance", "source", "--ca-out", ca)
	c, err := l.startSim(ctx, name, port, 3, flags...)
	if err == nil {
		c.ca = ca
	}
	return c, err
}

// startLoginWays starts a cluster with LDAP and Kerberos over TLS.
func (l *lab) startLoginWays(ctx context.Context) (*cluster, error) {
	k, err := l.kdc()
	if err != nil {
		return nil, err
	}
	password, err := l.passwordFile()
	if err != nil {
		return nil, err
	}
	return l.startWays(ctx, "login-ways", loginWayPort, "--tls", "--auth", "ldap+kerberos",
		"--user", ldapUser, "--password-file", password, "--keytab", k.keytab(), "--principal", lbPrincipal)
}

// startTokenWays starts a cluster that lets in tokens of our issuer over TLS.
func (l *lab) startTokenWays(ctx context.Context) (*cluster, error) {
	tokens, err := l.tokens()
	if err != nil {
		return nil, err
	}
	return l.startWays(ctx, "token-ways", tokenWayPort, "--tls", "--auth", "jwt", "--jwks", tokens.keys)
}

// tokens are files: the keys of an issuer of JSON Web Tokens, a token of it for the
// user, and one that another issuer signed with the same key's name.
type tokens struct{ keys, good, forged string }

// newTokens writes the files.
func (l *lab) newTokens() (tokens, error) {
	t := tokens{keys: l.file("run", "jwks.json"), good: l.file("run", "token"), forged: l.file("run", "token-forged")}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return t, err
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return t, err
	}
	jwks := map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": tokenKey,
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": "AQAB"}}}
	b, err := json.Marshal(jwks)
	if err != nil {
		return t, err
	}
	good, err := signToken(key, time.Now())
	if err != nil {
		return t, err
	}
	forged, err := signToken(other, time.Now())
	if err != nil {
		return t, err
	}
	for path, content := range map[string]string{t.keys: string(b), t.good: good, t.forged: forged} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return t, err
		}
	}
	return t, nil
}

// tokenKey is the name of the issuer's key.
const tokenKey = "interop"

// signToken returns a token for the user that is valid for an hour.
func signToken(key *rsa.PrivateKey, now time.Time) (string, error) {
	part := func(v map[string]any) (string, error) {
		b, err := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b), err
	}
	header, err := part(map[string]any{"alg": "RS256", "typ": "JWT", "kid": tokenKey})
	if err != nil {
		return "", err
	}
	claims, err := part(map[string]any{"username": ldapUser, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()})
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(header + "." + claims))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString(signature), err
}
