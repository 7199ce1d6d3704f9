package provision

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// deniedBy names the statement of the bucket policy that denies the log's writer
// whatever our own statement allows; "": none certainly does. A statement with a
// condition is left to the test file, which tells whether it held.
func (s *state) deniedBy() string {
	_, statements, err := splitPolicy(s.bucket.policy)
	if err != nil {
		return ""
	}
	for i, raw := range statements {
		m, _ := raw.(map[string]any)
		if m["Effect"] != "Deny" || m["Condition"] != nil {
			continue
		}
		object := fmt.Sprintf("arn:%s:s3:::%s/%s", s.identity.partition, s.spec.AccessLogs.Bucket, s.testFileKey())
		actions := mapSlice(listOf(m["Action"]), strings.ToLower) // unlike a resource, in any case
		if matchesAny(actions, "s3:putobject") && matchesAny(listOf(m["Resource"]), object) && s.isLogWriter(m["Principal"]) {
			if sid := sidOf(raw); sid != "" {
				return "statement " + sid
			}
			return fmt.Sprintf("statement %d", i+1)
		}
	}
	return ""
}

// isLogWriter reports whether a principal contains the one of our statement.
func (s *state) isLogWriter(principal any) bool {
	if principal == "*" {
		return true
	}
	have, _ := principal.(map[string]any)
	want, _ := s.kind.logStatements()[0]["Principal"].(map[string]any)
	for kind, writer := range want {
		names := listOf(have[kind])
		account := logAccounts[s.cloud.Region] // an account may be named by its number too
		if slices.Contains(names, "*") || slices.Contains(names, fmt.Sprint(writer)) || account != "" && slices.Contains(names, account) {
			return true
		}
	}
	return slices.Contains(listOf(have["AWS"]), "*")
}

// matchesAny matches a policy's patterns.
func matchesAny(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		flat := strings.NewReplacer("/", "\x00", "[", "\x01", "]", "\x02", `\`, "\x03") // * matches slashes too, and nothing else is special but ?
		ok, err := path.Match(flat.Replace(p), flat.Replace(value))
		return err == nil && ok
	})
}

// listOf is a policy's value that may be one string or several.
func listOf(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		return mapSlice(v, func(one any) string { return fmt.Sprint(one) })
	}
	return nil
}
