package hs2client

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// everyFix are the fixes of all failures, however a session is connected.
func everyFix() map[Fix]bool {
	all := map[Fix]bool{}
	for phase := range NumPhases {
		for kind := range vocab.KindForeignHandle + 1 {
			for _, m := range []mode{{}, {tls: true}, {sasl: true}, {tls: true, sasl: true}, {protocol: ProtocolBeeswax}, {delegates: true}, {protocol: ProtocolHS2HTTP}, {protocol: ProtocolHS2HTTP, tls: true, sasl: true, bearer: true}, {protocol: ProtocolHS2HTTP, sasl: true, kerberos: true}} {
				for _, received := range []bool{false, true} {
					for _, e := range []Error{{}, {status: 400}, {status: 417}, {status: 502}, {heard: vocab.HeardHTTP}, {heard: vocab.HeardThrift}, {asked: []string{"Negotiate"}}, {Err: &wire.OfferError{Offered: gss.QOPConf}}} {
						e.Phase, e.Kind = phase, kind
						for _, f := range hintFor(&e, m, received) {
							all[f] = true
						}
					}
				}
			}
		}
	}
	return all
}

// impalaFlags are startup flags of Impala's, which this package may name.
var impalaFlags = map[string]bool{"--fe_service_threads": true, "--max_hs2_sessions_per_user": true, "--disconnected_session_timeout": true,
	"--authorized_proxy_user_config": true, "--authorized_proxy_group_config": true}

// How a setting is written is known to whoever shows it.
func TestPackage_NamesNoFlagOfACommand(t *testing.T) {
	t.Parallel()
	flag, files := regexp.MustCompile(`--[a-z][a-z0-9_-]*`), 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		src, err := os.ReadFile(path)
		for _, name := range flag.FindAllString(string(src), -1) {
			if !impalaFlags[name] {
				t.Errorf("%s names %s", path, name)
			}
		}
		return err
	})
	if err != nil || files < 30 {
		t.Errorf("read %d files: %v", files, err)
	}
}

func TestHintFor_ReadsAsClauses(t *testing.T) {
	t.Parallel()
	for f := range everyFix() {
		if f.Why == "" || strings.HasSuffix(f.Why, ".") || f.Setting == "" && f.Value != "" {
			t.Errorf("%+v is no clause", f)
		}
	}
}

// What is refuted where a probe heard what the session needs is marked, however it is worded.
func TestHintFor_MarksWhatIsAboutPROXYHeaders(t *testing.T) {
	t.Parallel()
	for f := range everyFix() {
		if strings.Contains(f.Why, "PROXY") != f.Proxy {
			t.Errorf("%+v", f)
		}
	}
}

// anyValue is one of a setting that does not take every word.
var anyValue = map[string]string{"auth.kerberos_qop": "auth"}

func TestHintFor_SuggestsSettingsOfAScenario(t *testing.T) {
	t.Parallel()
	settings := 0
	for f := range everyFix() {
		if f.Setting == "" {
			continue
		}
		settings++
		value := f.Value
		if value == "" {
			value = cmp.Or(anyValue[f.Setting], "x")
		}
		section, key, _ := strings.Cut(f.Setting, ".")
		text := "name: x\n" + section + ":\n  " + key + ": " + value + "\n"
		if _, err := scenarios.Parse("x.yaml", []byte(text)); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if settings < 8 {
		t.Errorf("%d fixes have a setting", settings)
	}
}

// Each guess about a port is of what the client did not do.
func TestOpenHint_GuessesWhatThePortIs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		e        Error
		m        mode
		received bool
		want     string
	}{
		"silent":                    {e: Error{Kind: KindTimeout}, want: "auth.mechanism=ldap tls.enabled=true"},
		"cut":                       {e: Error{Kind: KindEOF}, want: "auth.mechanism=ldap tls.enabled=true"},
		"Beeswax":                   {e: Error{Kind: KindEOF}, m: mode{protocol: ProtocolBeeswax}, want: "auth.mechanism=ldap tls.enabled=true target.protocol=hs2"},
		"within TLS":                {e: Error{Kind: KindEOF}, m: mode{tls: true}, want: "auth.mechanism=ldap"},
		"within TLS, and it spoke":  {e: Error{Kind: KindEOF}, m: mode{tls: true}, received: true},
		"after a login":             {e: Error{Kind: KindEOF}, m: mode{sasl: true}},
		"after a login, it spoke":   {e: Error{Kind: KindReset}, m: mode{sasl: true}, received: true},
		"HTTP on a port of SASL":    {e: Error{Kind: KindGarbage, heard: vocab.HeardSASL}, m: mode{protocol: ProtocolHS2HTTP}, want: "target.protocol=hs2"},
		"HTTP on a port of Thrift":  {e: Error{Kind: KindGarbage, heard: vocab.HeardThrift}, m: mode{protocol: ProtocolHS2HTTP}, want: "target.protocol=hs2"},
		"HTTP on a port of a proxy": {e: Error{Kind: KindGarbage, heard: vocab.HeardHTTP}, m: mode{protocol: ProtocolHS2HTTP}, want: "target.http_path="},
	} {
		tc.e.Phase = PhaseOpen
		var got []string
		for _, f := range hintFor(&tc.e, tc.m, tc.received) {
			if f.Setting != "" {
				got = append(got, f.Setting+"="+f.Value)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: settings %q, want %q", name, strings.Join(got, " "), tc.want)
		}
	}
}
