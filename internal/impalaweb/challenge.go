package impalaweb

import "strings"

// challenge is one of the ways to log in that a server offers.
type challenge struct {
	scheme string            // lower case
	params map[string]string // names in lower case
}

// algorithm is that of a Digest challenge, in lower case.
func (c challenge) algorithm() string {
	if a := c.params["algorithm"]; a != "" {
		return strings.ToLower(a)
	}
	return "md5"
}

// qopSupported reports whether a Digest challenge asks for the protection of the
// request line alone, or says nothing of it.
func (c challenge) qopSupported() bool {
	if c.params["qop"] == "" {
		return true
	}
	for option := range strings.SplitSeq(c.params["qop"], ",") {
		if strings.EqualFold(strings.TrimSpace(option), "auth") {
			return true
		}
	}
	return false
}

// parseChallenges reads a WWW-Authenticate header: schemes with their parameters. It
// skips what it cannot read, since another scheme may follow.
func parseChallenges(text string) []challenge {
	var all []challenge
	for text != "" {
		text = strings.TrimLeft(text, " \t,")
		end := strings.IndexAny(text, " \t,=\"")
		if end < 0 {
			end = len(text)
		}
		if end == 0 {
			text = text[min(1, len(text)):]
			continue
		}
		name := strings.ToLower(text[:end])
		text = strings.TrimLeft(text[end:], " \t")
		if !strings.HasPrefix(text, "=") {
			all = append(all, challenge{name, map[string]string{}})
			continue
		}
		var value string
		value, text = parseValue(strings.TrimLeft(text[1:], " \t"))
		if len(all) > 0 {
			all[len(all)-1].params[name] = value
		}
	}
	return all
}

// parseValue reads a token or a quoted-string, and returns what follows.
func parseValue(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, " \t,")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:]
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:]
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
