package impalaweb

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strings"
)

// login answers a server's challenges for a user name and a password: Digest
// (RFC 7616), which is Impala's --webserver_password_file, or Basic (RFC 7617), which
// is its --webserver_require_ldap.
type login struct {
	user, password string
	cleartext      bool       // Basic is allowed
	chosen         *challenge // the one to answer; nil before the first
	count          uint32     // of answers to it
}

// newLogin returns the login of a; nil if there is none.
func newLogin(a Access) *login {
	if a.User == "" {
		return nil
	}
	return &login{user: a.User, password: a.Password, cleartext: a.TLS || a.AllowCleartext}
}

// errCleartext is returned for a Basic challenge over plain HTTP.
var errCleartext = errors.New("the server asks for the password in cleartext: use HTTPS, or allow it")

// accept reads the challenges of a reply with status 401. An error says why the login
// cannot go on.
func (l *login) accept(header http.Header) error {
	var offered []challenge
	for _, text := range header.Values("WWW-Authenticate") {
		offered = append(offered, parseChallenges(text)...)
	}
	answered := l.chosen != nil
	next, err := l.choose(offered)
	if err != nil {
		return err
	}
	if answered && !strings.EqualFold(next.params["stale"], "true") {
		return ErrLoginRejected
	}
	l.chosen, l.count = next, 0
	return nil
}

// schemeLetters are those of the names of ways to log in.
const schemeLetters = "abcdefghijklmnopqrstuvwxyz0123456789-"

// choose returns the strongest challenge that can be answered.
func (l *login) choose(offered []challenge) (*challenge, error) {
	for _, algorithm := range digestAlgorithms {
		for _, c := range offered {
			if c.scheme == "digest" && c.algorithm() == algorithm.name && c.qopSupported() {
				return &c, nil
			}
		}
	}
	for _, c := range offered {
		if c.scheme == "basic" {
			if !l.cleartext {
				return nil, errCleartext
			}
			return &c, nil
		}
	}
	var schemes []string
	for _, c := range offered {
		if strings.Trim(c.scheme, schemeLetters) == "" { // quoted, another byte would be four
			schemes = append(schemes, c.scheme)
		}
	}
	return nil, fmt.Errorf("no supported way to log in: the server offers %.80q, and only digest and basic are supported", strings.Join(schemes, ", "))
}

// authorization returns the header that answers the chosen challenge; "" before the
// first.
func (l *login) authorization(method, uri string) string {
	switch {
	case l == nil || l.chosen == nil:
		return ""
	case l.chosen.scheme == "basic":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(l.user+":"+l.password))
	}
	l.count++
	return l.digest(method, uri, rand.Text())
}

// digest answers a Digest challenge, cnonce being the client's nonce.
func (l *login) digest(method, uri, cnonce string) string {
	p := l.chosen.params
	algorithm := l.chosen.algorithm()
	i := slices.IndexFunc(digestAlgorithms, func(a digestAlgorithm) bool { return a.name == algorithm })
	h := digestAlgorithms[i].sum
	count := fmt.Sprintf("%08x", l.count)
	secret := h(l.user, p["realm"], l.password)
	if strings.HasSuffix(algorithm, "-sess") {
		secret = h(secret, p["nonce"], cnonce)
	}
	fields := []string{
		"username=" + quoted(l.user), "realm=" + quoted(p["realm"]), "nonce=" + quoted(p["nonce"]), "uri=" + quoted(uri),
	}
	request := h(method, uri)
	response := h(secret, p["nonce"], request)
	if p["qop"] != "" {
		response = h(secret, p["nonce"], count, cnonce, "auth", request)
		fields = append(fields, "qop=auth", "nc="+count, "cnonce="+quoted(cnonce))
	}
	fields = append(fields, "response="+quoted(response))
	if p["algorithm"] != "" {
		fields = append(fields, "algorithm="+p["algorithm"])
	}
	if p["opaque"] != "" {
		fields = append(fields, "opaque="+quoted(p["opaque"]))
	}
	return "Digest " + strings.Join(fields, ", ")
}

// digestAlgorithm is an algorithm of Digest.
type digestAlgorithm struct {
	name string // lower case
	sum  func(parts ...string) string
}

// digestAlgorithms are the supported ones, the strongest first.
var digestAlgorithms = []digestAlgorithm{
	{"sha-256-sess", hexSum(sha256.New)}, {"sha-256", hexSum(sha256.New)},
	{"md5-sess", hexSum(md5.New)}, {"md5", hexSum(md5.New)},
}

// hexSum hashes parts that are joined by colons.
func hexSum(newHash func() hash.Hash) func(...string) string {
	return func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
}

// quoted is a quoted-string of HTTP.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
