package faultproxy

import (
	"net/http"
	"net/url"
	"strings"
)

// call is the part of a request that matters here.
type call struct {
	service string // of the signature's scope; "": not signed
	write   bool
}

func read(r *http.Request, body []byte) call {
	c := call{service: serviceOf(r)}
	switch c.service {
	case "s3":
		c.write = r.Method != http.MethodGet && r.Method != http.MethodHead
	case "acm", "servicequotas":
		_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		c.write = writes(name)
	default:
		form, err := url.ParseQuery(string(body))
		c.write = err == nil && form.Get("DryRun") != "true" && writes(form.Get("Action"))
	}
	return c
}

// serviceOf reads the credential scope, KEY/DATE/REGION/SERVICE/aws4_request.
func serviceOf(r *http.Request) string {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	credential, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(credential, "/")
	if len(parts) != 5 {
		return ""
	}
	return parts[3]
}

// writes decides by the operation's name.
func writes(name string) bool {
	for _, verb := range []string{"Describe", "List", "Get", "Head"} {
		if strings.HasPrefix(name, verb) {
			return false
		}
	}
	return name != ""
}
