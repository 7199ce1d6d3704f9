package simcluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// delegateKey is the entry of OpenSession's configuration that names the user for
// whom the connected one works.
const delegateKey = "impala.doas.user"

// configure applies OpenSession's configuration in the order of its keys. Like
// Impala it ignores unknown options and invalid values, and a database that does not
// exist is reported by the first statement that needs it.
func (c *coordinator) configure(s *session, config map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(config)) {
		switch value := config[key]; strings.ToLower(key) {
		case delegateKey:
			if err := c.delegate(s, value); err != nil {
				return err
			}
		case "use:database":
			c.setDatabase(s, value)
		default:
			_ = c.setOption(s, strings.TrimPrefix(key, "set:hiveconf:"), value)
		}
	}
	return nil
}

// delegate lets a session work for another user. Every connected user may: real
// clusters list who may in --authorized_proxy_user_config.
func (c *coordinator) delegate(s *session, user string) error {
	if user == "" {
		return sqlError("Unable to delegate using empty doAs username.\n")
	}
	if len(user) > maxValue {
		return sqlError(fmt.Sprintf("User '%s' is not authorized to delegate to '%.64s'.\n", s.user, user))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.delegate = strings.Clone(user)
	return nil
}

// userOf returns the user of a session, whom a Beeswax client may name in its first
// query.
func (c *coordinator) userOf(s *session) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.effectiveUser()
}
