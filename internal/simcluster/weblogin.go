package simcluster

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// webRealm is the realm of the pages' login (--webserver_authentication_domain).
const webRealm = "impala"

// requireLogin lets only users of Config.WebUsers read the pages, as Impala does with
// --webserver_password_file: Digest with MD5, without an algorithm in the challenge.
func (p pages) requireLogin(h http.Handler) http.Handler {
	if p.cluster.config.WebUsers == nil {
		return h
	}
	nonce := fmt.Sprintf("%016x", mix(p.coordinator.seed, 0xd16e57))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Get("Authorization")
		if header != "" {
			p.cluster.webLogins.Add(1)
		}
		if !p.loginIsRight(header, nonce, r) {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest qop="auth", realm="%s", nonce="%s"`, webRealm, nonce))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// loginParam is a parameter of the header Authorization.
var loginParam = regexp.MustCompile(`(\w+)=("([^"]*)"|[^,\s]*)`)

// loginIsRight checks the answer to the challenge with nonce.
func (p pages) loginIsRight(header, nonce string, r *http.Request) bool {
	answer, ok := strings.CutPrefix(header, "Digest ")
	if !ok {
		return false
	}
	params := map[string]string{}
	for _, m := range loginParam.FindAllStringSubmatch(answer, -1) {
		params[m[1]] = strings.Trim(m[2], `"`)
	}
	password, known := p.cluster.config.WebUsers[params["username"]]
	secret := hexMD5(params["username"], webRealm, password)
	want := hexMD5(secret, nonce, params["nc"], params["cnonce"], "auth", hexMD5(r.Method, r.RequestURI))
	return known && params["nonce"] == nonce && subtle.ConstantTimeCompare([]byte(params["response"]), []byte(want)) == 1
}

func hexMD5(parts ...string) string {
	sum := md5.Sum([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(sum[:])
}
