package dn

import (
	"strings"
	"testing"
)

func TestParse_PastedLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"issuer= /C=US/O=Amazon/OU=Server CA 1B/CN=Amazon": "C=US O=Amazon OU=Server CA 1B CN=Amazon",
		"issuer=C = US, O = Amazon, CN = Amazon RSA M01":   "C=US O=Amazon CN=Amazon RSA M01",
		"issuer=CN=x,O=Amazon":                             "CN=x O=Amazon",
		"subject=CN = x":                                   "CN=x",
		"        Issuer: C = US, O = Amazon":               "C=US O=Amazon",
		"i:O = Amazon":                                     "O=Amazon",
		"S=Washington":                                     "ST=Washington",
		"2.5.4.10=Amazon":                                  "O=Amazon",
		"OID.2.5.4.10=Amazon":                              "O=Amazon",
		"1.2.840.113549.1.9.1=#16056140622e63":             "EMAILADDRESS=a@b.c",
		"emailAddress = a@b.c":                             "EMAILADDRESS=a@b.c",
		"1.2.3.4=x":                                        "1.2.3.4=x",
		`O=Amazon\, Inc.`:                                  `O=Amazon\, Inc.`,
		`O = "Amazon, Inc."`:                               `O=Amazon\, Inc.`,
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var names []string
		for _, a := range got {
			names = append(names, a.String())
		}
		if joined := strings.Join(names, " "); joined != want {
			t.Errorf("%s: %s, want %s", text, joined, want)
		}
	}
}

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Amazon":         `"Amazon" is no attribute such as O=Amazon`,
		"O=":             `"O=" is no attribute such as O=Amazon`,
		"":               `"" is no attribute such as O=Amazon`,
		"issuer=":        `"" is no attribute such as O=Amazon`,
		"/":              `"/" names no attribute such as O=Amazon`,
		"Org=Amazon":     `"Org" is no attribute of a name; those of certificates are C, O, OU, CN, L, ST, DC and a few more`,
		"O=Amazon, Inc.": `"Inc." is no attribute such as O=Amazon; a comma within a value is written \,`,
		"0U=x":           `"0U" is no attribute of a name; did you mean OU?; those of certificates are C, O, OU, CN, L, ST, DC and a few more`,
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestAttribute_StringIsReadBack(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"Amazon", "Amazon, Inc.", ` both `, "#x", `a\b"c"`, "Müller + Söhne <x>;", " ", "a\x00b"} {
		a := Attribute{"O", value}
		back, err := Parse(a.String())
		if err != nil || len(back) != 1 || back[0] != a {
			t.Errorf("%q is written %s and read as %v, %v", value, a, back, err)
		}
	}
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	if o, ok := Organization(`CN=Amazon RSA 2048 M01,O=Amazon\, Inc.,C=US`); !ok || o.String() != `O=Amazon\, Inc.` {
		t.Errorf("%v, %v", o, ok)
	}
	for _, name := range []string{"CN=x", "", "???"} {
		if o, ok := Organization(name); ok {
			t.Errorf("%q has %v", name, o)
		}
	}
}
