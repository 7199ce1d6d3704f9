package simcluster

import (
	"fmt"
	"slices"
	"strings"
)

// doAsKey is the key of OpenSession's configuration that names the user to delegate to.
const doAsKey = "impala.doas.user"

// errTwoDelegates is the error of a session that names a delegate twice.
const errTwoDelegates sqlError = "Cannot set 'impala.doas.user' configuration property when 'doAs' query parameter is set.\n"

// delegateOf returns the user to whom a new session is delegated, ok being false if there
// is none: the parameter doAs of the connection, or an entry of the configuration.
func delegateOf(conn *connectionState, configuration map[string]string) (delegate string, ok bool, err error) {
	delegate, ok = conn.doAs, conn.doAs != ""
	for key, value := range configuration {
		if !strings.EqualFold(key, doAsKey) {
			continue
		}
		if ok {
			return "", false, errTwoDelegates
		}
		delegate, ok = value, true
	}
	return delegate, ok, nil
}

// authorizeProxyUser reports whether user may delegate
// (ImpalaServer::AuthorizeProxyUser, be/src/service/impala-server.cc).
func (c *coordinator) authorizeProxyUser(user, delegate string) error {
	switch {
	case user == "":
		return sqlError("Unable to delegate using empty proxy username.\n")
	case delegate == "":
		return sqlError("Unable to delegate using empty doAs username.\n")
	}
	refused := fmt.Sprintf("User '%s' is not authorized to delegate to '%s'.", user, delegate)
	if len(c.config.ProxyUsers) == 0 {
		return sqlError(refused + " User/group delegation is disabled.\n")
	}
	if allowed := c.config.ProxyUsers[shortName(user)]; !slices.Contains(allowed, "*") && !slices.Contains(allowed, delegate) {
		return sqlError(refused + "\n")
	}
	return nil
}

// shortName returns a principal up to the first / or @.
func shortName(user string) string {
	if end := strings.IndexAny(user, "/@"); end > 0 {
		return user[:end]
	}
	return user
}
