package krb5conf

import (
	"fmt"
	"strings"
)

// relation is a key and its value.
type relation struct {
	where   string
	section string
	within  []string // the keys of the braces around it
	key     string
	value   string
}

// sections that a client reads. What stands in others may look like anything.
var known = map[string]bool{"libdefaults": true, "realms": true, "domain_realm": true}

// relationsOf reads the lines of the known sections. It fails on a line there that is no
// relation, and on braces that do not match.
func relationsOf(lines []line) ([]relation, error) {
	var out []relation
	section, within, opened := "", []string(nil), ""
	for _, l := range lines {
		if strings.HasPrefix(l.text, "[") {
			if len(within) > 0 && known[section] {
				return nil, fmt.Errorf("%s: a brace is not closed here", opened)
			}
			name, _, closed := strings.Cut(l.text[1:], "]")
			if !closed {
				return nil, fmt.Errorf("%s: there is no \"]\" in %.60q", l.where, l.text)
			}
			section, within = strings.TrimSpace(name), nil
			continue
		}
		if !known[section] {
			continue
		}
		if strings.HasPrefix(l.text, "}") {
			if len(within) == 0 {
				return nil, fmt.Errorf("%s: a brace is closed that was not opened", l.where)
			}
			within = within[:len(within)-1]
			continue
		}
		key, value, ok := strings.Cut(l.text, "=")
		if !ok {
			return nil, fmt.Errorf("%s: in [%s] there is no \"=\" in %.60q", l.where, section, l.text)
		}
		key, value = strings.TrimSuffix(strings.TrimSpace(key), "*"), strings.TrimSpace(value)
		if value == "{" {
			within, opened = append(within[:len(within):len(within)], key), l.where
			continue
		}
		out = append(out, relation{l.where, section, within, key, unquote(value)})
	}
	if len(within) > 0 {
		return nil, fmt.Errorf("%s: the brace is not closed", opened)
	}
	return out, nil
}

// unquote takes the quotes off a value.
func unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}
