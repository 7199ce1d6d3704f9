package flags

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// prefix begins the name of every variable of ours.
const prefix = "IMPALA_LBCHECK_"

// The variables that are no settings: a scenario holds no secret.
const (
	PasswordVariable = prefix + "PASSWORD"
	TokenVariable    = prefix + "TOKEN"
)

// secretVariables are the variables of secrets, by what a flag for each would be called.
var secretVariables = map[string]string{"password": PasswordVariable, "token": TokenVariable}

// SecretVariables lists the variables that hold secrets.
func SecretVariables() []string { return slices.Sorted(maps.Values(secretVariables)) }

// Variable is the setting's variable of the environment.
func Variable(st scenarios.Setting) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(st.Name, "-", "_"))
}

// Variables lists every variable that is read.
func Variables() []string {
	names := SecretVariables()
	for _, st := range scenarios.Settings() {
		if st.Name != "" {
			names = append(names, Variable(st))
		}
	}
	return names
}

// checkVariables refuses a variable with our prefix that nothing reads: what it was
// meant to require would not be checked.
func checkVariables(environ []string) error {
	known := Variables()
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, prefix) || value == "" || slices.Contains(known, name) {
			continue
		}
		if serviceLink.MatchString(name) {
			return fmt.Errorf("unknown variable %s: no setting has this name; Kubernetes sets it for a Service of this name, unless the pod has enableServiceLinks: false", name)
		}
		if near, ok := usertext.Nearest(strings.TrimPrefix(name, prefix), unprefixed(known)); ok {
			return fmt.Errorf("unknown variable %s; did you mean %s?", name, prefix+near)
		}
		return fmt.Errorf("unknown variable %s: no setting has this name", name)
	}
	return nil
}

// serviceLink is a variable that Kubernetes sets in every pod of a namespace that has a
// Service whose name begins with ours.
var serviceLink = regexp.MustCompile(`^` + prefix + `(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_\w+)?)$`)

func unprefixed(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimPrefix(n, prefix)
	}
	return out
}

// Lookup is the value of a variable; the last one counts, as for os.Getenv of most
// systems. "" where it is not set.
func Lookup(environ []string, name string) string {
	for _, kv := range slices.Backward(environ) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}
