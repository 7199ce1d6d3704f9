package simcluster

import (
	"maps"
	"slices"
	"strings"
)

// configure applies OpenSession's configuration in the order of its keys. Like
// Impala it ignores unknown options and invalid values, and a database that does not
// exist is reported by the first statement that needs it.
func (c *coordinator) configure(s *session, config map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(config)) {
		switch value := config[key]; strings.ToLower(key) {
		case doAsKey: // whose right to that was checked before the session was opened
		case "use:database":
			c.setDatabase(s, value)
		default:
			_ = c.setOption(s, strings.TrimPrefix(key, "set:hiveconf:"), value)
		}
	}
}

// userOf returns the user of a session, whom a Beeswax client may name in its first
// query.
func (c *coordinator) userOf(s *session) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.effectiveUser()
}
