package simcluster

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// cookieName is the name of Impala's only cookie.
const cookieName = "impala.auth"

// Limits of Impala's cookies (be/src/rpc/authentication-util.cc).
const (
	maxCookies     = 5 // only the first ones of a header are looked at, other servers' included
	cookieLifetime = 24 * time.Hour
)

// cookieKey is the key with which coordinators sign their cookies. Each has its own,
// unless an administrator gives them one.
type cookieKey [32]byte

func newCookieKey() (k cookieKey) {
	rand.Read(k[:])
	return k
}

// newCookie returns a cookie for a user who logged in by a mechanism (LDAP, SPNEGO, JWT).
// uptime is the time of its issue, on the host's monotonic clock.
func (k cookieKey) newCookie(user, mechanism string, uptime time.Duration) string {
	nonce, _ := rand.Int(rand.Reader, big.NewInt(1<<31)) // the system's source does not fail
	text := fmt.Sprintf("u=%s&t=%d&r=%d&a=%s", user, uptime.Milliseconds(), nonce, mechanism)
	return fmt.Sprintf("%s=%s&%s;HttpOnly;Max-Age=%d;Secure", cookieName, k.sign(text), text, int(cookieLifetime.Seconds()))
}

// deletedCookie tells a client to forget its cookie.
const deletedCookie = cookieName + "=;HttpOnly;Max-Age=0"

// sign returns 44 characters.
func (k cookieKey) sign(text string) string {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(text))
	return base64.URLEncoding.EncodeToString(mac.Sum(nil))
}

// userOf returns the user of the cookie in a header; false if there is none that this key
// has signed within its lifetime. As in Impala the signed text must have exactly four
// fields, so a user name with an & has no cookie.
func (k cookieKey) userOf(header string, uptime time.Duration) (string, bool) {
	cookies := strings.SplitN(header, ";", maxCookies+1)
	for _, cookie := range cookies[:min(len(cookies), maxCookies)] {
		value, ok := strings.CutPrefix(strings.TrimSpace(cookie), cookieName+"=")
		if !ok {
			continue
		}
		signature, text, _ := strings.Cut(strings.Trim(value, `"`), "&")
		if subtle.ConstantTimeCompare([]byte(signature), []byte(k.sign(text))) != 1 {
			return "", false
		}
		return userOfText(text, uptime)
	}
	return "", false
}

// userOfText returns the user of a cookie's signed text.
func userOfText(text string, uptime time.Duration) (string, bool) {
	fields := strings.Split(text, "&")
	if len(fields) != 4 {
		return "", false
	}
	user, hasUser := strings.CutPrefix(fields[0], "u=")
	issued, hasTime := strings.CutPrefix(fields[1], "t=")
	ms, err := strconv.ParseInt(issued, 10, 64)
	valid := hasUser && hasTime && err == nil && strings.HasPrefix(fields[2], "r=") && strings.HasPrefix(fields[3], "a=")
	return user, valid && user != "" && uptime.Milliseconds()-ms <= cookieLifetime.Milliseconds()
}
