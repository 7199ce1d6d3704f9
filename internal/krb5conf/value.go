package krb5conf

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
)

// first is the first word of a value: some write a comment behind it.
func first(value string) string {
	words := strings.Fields(value)
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// setBool reads a truth value; any other leaves the default, as in MIT's library.
func setBool(to *bool, value string) {
	switch strings.ToLower(first(value)) {
	case "y", "yes", "true", "t", "1", "on":
		*to = true
	case "n", "no", "false", "nil", "0", "off":
		*to = false
	}
}

var errNumber = errors.New("not a number that can be used")

func number(value string) (int, error) {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 0, errNumber
	}
	return int(n), nil
}

// maxDuration bounds a time: 10 years.
const maxDuration = 10 * 365 * 24 * time.Hour

var errDuration = errors.New("not a time such as 300, 24h, 7d or 10:00:00")

// duration reads a time as MIT's library does: seconds, 1d2h3m4s or 10:30[:15].
func duration(value string) (time.Duration, error) {
	value = strings.Join(strings.Fields(value), "")
	if strings.Contains(value, ":") {
		return clock(value)
	}
	total, digits := time.Duration(0), ""
	units := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second}
	for i := 0; i <= len(value); i++ {
		unit := time.Second // of a number at the end
		if i < len(value) {
			if value[i] >= '0' && value[i] <= '9' {
				digits += value[i : i+1]
				continue
			}
			if unit = units[value[i]]; unit == 0 || digits == "" {
				return 0, errDuration
			}
		} else if digits == "" && i > 0 {
			break
		}
		n, err := number(digits)
		if err != nil || time.Duration(n) > maxDuration/unit {
			return 0, errDuration
		}
		total, digits = total+time.Duration(n)*unit, ""
	}
	return total, nil
}

// clock reads hours, minutes and seconds.
func clock(value string) (time.Duration, error) {
	parts := strings.Split(value, ":")
	if len(parts) > 3 {
		return 0, errDuration
	}
	total, unit := time.Duration(0), time.Hour
	for _, p := range parts {
		n, err := number(p)
		if err != nil || n > 100000 {
			return 0, errDuration
		}
		total += time.Duration(n) * unit
		unit /= 60
	}
	return total, nil
}

// The encryption types that are supported, best first, and all their names.
var (
	aes128SHA1, aes256SHA1 = []int32{etypeID.AES128_CTS_HMAC_SHA1_96}, []int32{etypeID.AES256_CTS_HMAC_SHA1_96}
	aes128SHA2, aes256SHA2 = []int32{etypeID.AES128_CTS_HMAC_SHA256_128}, []int32{etypeID.AES256_CTS_HMAC_SHA384_192}

	rc4, des3     = []int32{etypeID.RC4_HMAC}, []int32{etypeID.DES3_CBC_SHA1_KD}
	aes           = slices.Concat(aes256SHA1, aes128SHA1, aes256SHA2, aes128SHA2)
	defaultETypes = slices.Concat(aes, rc4, des3)
	etypeFamilies = map[string][]int32{
		"aes": aes, "rc4": rc4, "des3": des3, "default": defaultETypes, "camellia": {},
		"aes256-cts-hmac-sha1-96": aes256SHA1, "aes256-cts": aes256SHA1, "aes256-sha1": aes256SHA1,
		"aes128-cts-hmac-sha1-96": aes128SHA1, "aes128-cts": aes128SHA1, "aes128-sha1": aes128SHA1,
		"aes256-cts-hmac-sha384-192": aes256SHA2, "aes256-sha2": aes256SHA2,
		"aes128-cts-hmac-sha256-128": aes128SHA2, "aes128-sha2": aes128SHA2,
		"arcfour-hmac": rc4, "rc4-hmac": rc4, "arcfour-hmac-md5": rc4,
		"des3-cbc-sha1": des3, "des3-hmac-sha1": des3, "des3-cbc-sha1-kd": des3,
	}
)

// etypes reads a list of encryption types. A minus takes one out. Those that are not
// supported are left out; the list may then be empty, and is not nil.
func etypes(value string) []int32 {
	out := []int32{}
	for _, name := range strings.FieldsFunc(strings.ToLower(value), func(c rune) bool { return c == ' ' || c == '\t' || c == ',' }) {
		remove := strings.HasPrefix(name, "-")
		for _, id := range etypeFamilies[strings.TrimLeft(name, "+-")] {
			if i := slices.Index(out, id); remove && i >= 0 {
				out = slices.Delete(out, i, i+1)
			} else if !remove && i < 0 {
				out = append(out, id)
			}
		}
	}
	return out
}

// completeETypes sets the lists that nothing was said about.
func (c *Config) completeETypes() {
	if c.TktETypes == nil {
		c.TktETypes = slices.Clone(defaultETypes)
	}
	if c.TGSETypes == nil {
		c.TGSETypes = slices.Clone(defaultETypes)
	}
}
