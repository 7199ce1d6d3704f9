package krb5conf_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func load(t *testing.T, path string) *krb5conf.Config {
	t.Helper()
	c, err := krb5conf.Read(os.ReadFile, path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRead_RHEL(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/rhel/krb5.conf")
	if c.DefaultRealm != "EXAMPLE.COM" || c.Lifetime != 24*time.Hour || !c.Forwardable || !c.DNSLookupKDC || c.UDPLimit != 1465 {
		t.Errorf("%+v", c)
	}
	if want := []int32{18, 20, 19, 17}; !slices.Equal(c.TktETypes, want) || !slices.Equal(c.TGSETypes, want) {
		t.Errorf("%v and %v, want %v", c.TktETypes, c.TGSETypes, want)
	}
	if got := fmt.Sprint(c.KDCs("EXAMPLE.COM")); got != "[{kdc1.example.com:88 false} {kdc2.example.com:750 false}]" {
		t.Error(got)
	}
	if c.CCacheName != "KCM:" {
		t.Errorf("the included file does not come first: %s", c.CCacheName)
	}
}

func TestRead_Debian(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/debian.conf")
	if got := fmt.Sprint(c.KDCs("EXAMPLE.COM"), c.KDCs("stanford.edu"), c.KDCs("example.com")); got !=
		"[{10.0.0.1:88 true} {[2001:db8::1]:88 false}] [{krb5auth1.stanford.edu:88 false}] []" {
		t.Error(got)
	}
	if want := []int32{18, 17, 20, 19, 23, 16}; !slices.Equal(c.TktETypes, want) {
		t.Errorf("%v, want %v", c.TktETypes, want)
	}
}

func TestRead_EMR(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/emr.conf")
	if c.DefaultRealm != "EC2.INTERNAL" || c.DNSLookupKDC || c.UDPLimit != 1000000 || c.Lifetime != 10*time.Hour+30*time.Minute {
		t.Errorf("%+v", c)
	}
	for host, want := range map[string]string{
		"ip-10-0-0-1.ec2.internal": "EC2.INTERNAL", "AD.Example.com.": "AD.EXAMPLE.COM", "dc1.ad.example.com": "AD.EXAMPLE.COM",
		"example.com": "", "ec2.internal": "EC2.INTERNAL", "xec2.internal": "", "": "", ".": "",
	} {
		if got := c.Realm(host); got != want {
			t.Errorf("%q is in %q, want %q", host, got, want)
		}
	}
}

// files is a file system in a map.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

func TestRead_Errors(t *testing.T) {
	t.Parallel()
	deep := files{}
	for i := range 20 {
		deep[fmt.Sprint("/", i)] = fmt.Sprintf("include /%d\n", i+1)
	}
	wide := files{"/0": strings.Repeat("include /a\n", 300), "/a": ""}
	for name, tc := range map[string]struct {
		files files
		want  string
	}{
		"no file":           {files{}, "open /0: file does not exist"},
		"no included file":  {files{"/0": "[libdefaults]\ninclude /a\n"}, "/0:2: open /a: file does not exist"},
		"a cycle":           {files{"/0": "include /a", "/a": "\n\ninclude /0"}, "/0:1: /a:3: /0: included by itself, through /0, /a"},
		"too deep":          {deep, "more than 200 files, or 10 levels"},
		"too many":          {wide, "/0:200: /a: more than 200 files"},
		"too long":          {files{"/0": strings.Repeat("# 6789\n", 150000)}, "longer than 1048576 bytes"},
		"no relation":       {files{"/0": "include /a\n", "/a": "[libdefaults]\n\ndefault_realm EXAMPLE.COM\n"}, `/a:3: in [libdefaults] there is no "=" in "default_realm EXAMPLE.COM"`},
		"an open brace":     {files{"/0": "[realms]\nA = {\nkdc = a\n"}, "/0:2: the brace is not closed"},
		"open at a section": {files{"/0": "[realms]\nA = {\n[libdefaults]\n"}, "/0:2: a brace is not closed here"},
		"a closed brace":    {files{"/0": "[realms]\n}\n"}, "/0:2: a brace is closed that was not opened"},
		"no time":           {files{"/0": "[libdefaults]\nticket_lifetime = soon\n"}, "/0:2: ticket_lifetime: not a time"},
		"garbage":           {files{"/0": "\x7fELF\x02\x01\nnonsense\n"}, `/0:1: "\x7fELF\x02\x01" is in no section, such as [libdefaults]: this is no krb5.conf`},
		"not in a section":  {files{"/0": "# ours\n\ndefault_realm = A.COM\nkdc = a\n"}, "/0:3: \"default_realm = A.COM\" is in no section"},
		"included garbage":  {files{"/0": "[libdefaults]\ninclude /a\n", "/a": "<html>\n"}, "/0:2: /a:1: \"<html>\" is in no section"},
		"an open section":   {files{"/0": "[libdefaults\ndefault_realm = A.COM\n"}, `/0:1: there is no "]" in "[libdefaults"`},
		"no number":         {files{"/0": "[libdefaults]\nudp_preference_limit = -1\n"}, "/0:2: udp_preference_limit: not a number"},
	} {
		c, err := krb5conf.Read(tc.files.read, "/0")
		if err == nil || !strings.Contains(err.Error(), tc.want) || c != nil {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

// A line that only other programs understand, or none does, is passed over where it
// does not matter to a client.
func TestRead_IsTolerant(t *testing.T) {
	t.Parallel()
	c, err := krb5conf.Read(files{
		"/0": "These are ours.\nmodule /usr/lib/x.so:init\nincludedir /no/such/directory\n[libdefaults]*\n default_realm* = A.COM # ours\ninclude /a\n" +
			"default_realm = B.COM\nfcc-mit-ticketflags = true\ndns_lookup_kdc = maybe\nclockskew=5m\n" +
			"[kdc]\nthis is no relation\n}\n[appdefaults]\npam = {\n[capaths]\nA = {\nB = .\n}\n",
		"/a": "[realms]\nA.COM = {\n kdc = \"k.a.com\"\n kdc = k.a.com:88\n}\n",
	}.read, "/0")
	if err != nil || c.DefaultRealm != "A.COM" || fmt.Sprint(c.KDCs("A.COM")) != "[{k.a.com:88 false}]" || !c.DNSLookupKDC {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestParse_Times(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"300": 5 * time.Minute, "1d": 24 * time.Hour, "7d 0h 0m 0s": 7 * 24 * time.Hour, "1h30": time.Hour + 30*time.Second,
		"10:30": 10*time.Hour + 30*time.Minute, "0:0:59": 59 * time.Second, "99999d": -1, "": -1, "h": -1, "1w": -1, "1:2:3:4": -1, "-5": -1, "4294967295d": -1,
	} {
		c, err := krb5conf.Parse("[libdefaults]\nclockskew = " + in)
		if want < 0 {
			if err == nil {
				t.Errorf("%q: %v", in, c.Skew)
			}
		} else if err != nil || c.Skew != want {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestCacheName(t *testing.T) {
	t.Parallel()
	user := krb5conf.User{ID: 1000, Name: "ann", Home: "/home/ann"}
	for written, want := range map[string]string{
		"": "FILE:/tmp/krb5cc_1000", "KEYRING:persistent:%{uid}": "KEYRING:persistent:1000", "DIR:%{HOME}/cc": "DIR:/home/ann/cc",
		"FILE:%{TEMP}/cc_%{username}": "FILE:/tmp/cc_ann",
	} {
		c, err := krb5conf.Parse("[libdefaults]\ndefault_ccache_name = " + written)
		if err != nil || krb5conf.CacheName("", c.CCacheName, user) != want {
			t.Errorf("%q: %v, want %s", written, err, want)
		}
		if got := krb5conf.CacheName("FILE:/mine", c.CCacheName, user); got != "FILE:/mine" {
			t.Error(got)
		}
	}
}

func TestCacheFile(t *testing.T) {
	t.Parallel()
	dirs := files{"/d/primary": "tktAbc\n", "/bad/primary": "../../etc/passwd"}
	for name, want := range map[string]string{
		"FILE:/tmp/cc": "/tmp/cc", "/tmp/cc": "/tmp/cc", "cc": "cc", `C:\temp\cc`: `C:\temp\cc`, "file:cc": "cc",
		"DIR:/d": "/d/tktAbc", "DIR::/d/tktX": "/d/tktX",
	} {
		if got, err := krb5conf.CacheFile(name, dirs.read); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"KCM:", "KEYRING:persistent:0", "API:1", "MEMORY:x", "MSLSA:"} {
		_, err := krb5conf.CacheFile(name, dirs.read)
		if _, ok := errors.AsType[*krb5conf.UnreadableCacheError](err); !ok || !strings.Contains(err.Error(), "kinit -c FILE:") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"DIR:/bad", "DIR:/none"} {
		if got, err := krb5conf.CacheFile(name, dirs.read); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// FuzzParse reads arbitrary text: no panic.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/debian.conf", "testdata/emr.conf", "testdata/rhel/krb5.conf"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(_ *testing.T, text string) {
		c, err := krb5conf.Parse(text)
		if err == nil {
			c.Realm("host.example.com")
			krb5conf.CacheName("", c.CCacheName, krb5conf.User{})
		}
	})
}
