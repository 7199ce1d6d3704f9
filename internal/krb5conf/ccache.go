package krb5conf

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// User is whose credential cache is meant: what the names in a configuration may refer
// to.
type User struct {
	ID   int
	Name string
	Home string
}

// CacheName is the name of a user's credential cache: env, the value of KRB5CCNAME, if
// there is one, or else configured, the default_ccache_name of krb5.conf, or the system's,
// /tmp/krb5cc_ and the user's number.
func CacheName(env, configured string, u User) string {
	name := cmp.Or(env, configured, "FILE:/tmp/krb5cc_%{uid}")
	id := strconv.Itoa(u.ID)
	return strings.NewReplacer("%{uid}", id, "%{euid}", id, "%{USERID}", id, "%{username}", u.Name,
		"%{TEMP}", "/tmp", "%{HOME}", u.Home, "%{null}", "").Replace(name)
}

// UnreadableCacheError is that of a credential cache which is in no file.
type UnreadableCacheError struct{ Name, Type string }

func (e *UnreadableCacheError) Error() string {
	return fmt.Sprintf("the credential cache %s is of type %s, which only the system's own Kerberos library reads: "+
		"run \"kinit -c FILE:/tmp/krb5cc_lbcheck\", or \"KRB5CCNAME=FILE:/tmp/krb5cc_lbcheck kinit\", and name that file", e.Name, e.Type)
}

// primaryFile names the cache in use of a directory of caches.
const primaryFile = "primary"

// CacheFile is the file of a credential cache: FILE:PATH, a path, or DIR:PATH, whose
// primary file is read. It fails with an [*UnreadableCacheError] for a cache that is in
// no file.
func CacheFile(name string, readFile ReadFile) (string, error) {
	kind, rest, ok := strings.Cut(name, ":")
	if !ok || strings.ContainsAny(kind, `/\.`) || len(kind) == 1 { // a path, or a drive of Windows
		return name, nil
	}
	switch strings.ToUpper(kind) {
	case "FILE":
		return rest, nil
	case "DIR":
		if file, ok := strings.CutPrefix(rest, ":"); ok {
			return file, nil
		}
		data, err := readFile(filepath.Join(rest, primaryFile))
		if err != nil {
			return "", fmt.Errorf("the credential cache %s: %w", name, err)
		}
		file := strings.TrimSpace(string(data))
		if !strings.HasPrefix(file, "tkt") || strings.ContainsAny(file, "/\x00") {
			return "", fmt.Errorf("the credential cache %s: %.40q in its file %s is no name of a cache", name, file, primaryFile)
		}
		return filepath.Join(rest, file), nil
	}
	return "", &UnreadableCacheError{Name: name, Type: strings.ToUpper(kind)}
}
