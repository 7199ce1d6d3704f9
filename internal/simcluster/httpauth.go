package simcluster

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// httpLogin is the login of one HTTP request.
type httpLogin struct {
	user   string
	ok     bool
	fields httpFields // of the answer: challenges, cookies, the acceptor's token
}

// authenticateHTTP authenticates a request by its cookie, or else by its header
// Authorization, as THttpServer::headersDone does. Without authentication both are
// ignored.
func (c *coordinator) authenticateHTTP(fields httpFields) (user string, login httpFields, ok bool) {
	if c.config.Auth == AuthNone {
		return "", nil, true
	}
	var l httpLogin
	if c.cookieLogin(&l, fields.last("Cookie")); l.ok {
		return l.user, l.fields, true
	}
	authorization := fields.last("Authorization")
	if authorization != "" {
		c.logins.Add(1)
	}
	if c.config.Auth.has(AuthJWT) {
		c.bearerLogin(&l, authorization)
	}
	basic, isBasic := strings.CutPrefix(authorization, "Basic ")
	negotiate, isNegotiate := strings.CutPrefix(authorization, "Negotiate ")
	ldap, kerberos := c.config.Auth.has(AuthLDAP), c.config.Auth.has(AuthKerberos)
	if !l.ok && ldap && (!isNegotiate || !kerberos) {
		c.basicLogin(&l, valueIf(isBasic, basic))
	}
	if !l.ok && kerberos && (!isBasic || !ldap) {
		c.negotiateLogin(&l, valueIf(isNegotiate, negotiate))
	}
	if !l.ok && authorization != "" {
		c.rejected.Add(1)
		c.config.Log.Info("login rejected", "coordinator", c.name, "user", l.user)
	}
	return l.user, l.fields, l.ok
}

// valueIf returns value where ok, otherwise "".
func valueIf(ok bool, value string) string {
	if ok {
		return value
	}
	return ""
}

// cookieLogin tries the cookies of a request. Where none is accepted the client is told to
// forget it.
func (c *coordinator) cookieLogin(l *httpLogin, header string) {
	if header == "" {
		return
	}
	if l.user, l.ok = c.cookieKey.userOf(header, c.uptime()); l.ok {
		c.cookies.Add(1)
		return
	}
	c.badCookies.Add(1)
	l.fields = append(l.fields, httpField{"Set-Cookie", deletedCookie})
}

// accept ends a login that succeeded, with a cookie.
func (c *coordinator) accept(l *httpLogin, user, mechanism string) {
	l.user, l.ok = user, true
	l.fields = append(l.fields, httpField{"Set-Cookie", c.cookieKey.newCookie(user, mechanism, c.uptime())})
}

// uptime is the monotonic clock of the coordinator's host.
func (c *coordinator) uptime() time.Duration { return time.Since(c.createdAt) }

// challenge asks for a login.
func (l *httpLogin) challenge(scheme string) {
	l.fields = append(l.fields, httpField{"WWW-Authenticate", scheme})
}

// basicLogin checks a user and a password, in base64; "" where none came.
func (c *coordinator) basicLogin(l *httpLogin, credentials string) {
	if credentials != "" {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
		user, password, ok := strings.Cut(string(b), ":")
		l.user = user
		if err == nil && ok && c.acceptsPassword(user, password) {
			c.accept(l, user, "LDAP")
			return
		}
	}
	l.challenge("Basic")
}

// bearerLogin checks a JWT. A token without a period is none, and one that cannot be
// decoded, or has no user, gets no answer of its own.
func (c *coordinator) bearerLogin(l *httpLogin, authorization string) {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok || !strings.Contains(token, ".") {
		return
	}
	user, reason := c.tokens.userOf(strings.TrimSpace(token), time.Now())
	if c.plan.authReject {
		user, reason = "", "Verification failed"
	}
	if reason != "" {
		l.challenge(fmt.Sprintf(`Bearer error="invalid_token",error_description="%s"`, reason))
	} else if user != "" {
		c.accept(l, user, "JWT")
	}
}
