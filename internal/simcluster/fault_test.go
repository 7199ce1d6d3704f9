package simcluster

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fault{
		"dead@2":            {"dead", 2, ""},
		"draining":          {"draining", 0, ""},
		"slow=200ms@2":      {"slow", 2, "200ms"},
		"slow@2=200ms":      {"slow", 2, "200ms"},
		"version=4.4.1@3":   {"version", 3, "4.4.1"},
		"pid=1":             {"pid", 0, "1"},
		"restart@2":         {"restart", 2, ""},
		"restart=9@2":       {"restart", 2, "9"},
		"weights=6:1:1:1:1": {"weights", 0, "6:1:1:1:1"},
		"sticky=0.7":        {"sticky", 0, "0.7"},
		" one-node ":        {"one-node", 0, ""},
		"expired@2":         {"expired", 2, ""},
		"idle=2s:silent":    {"idle", 0, "2s:silent"},
		"down=2s:5s@2":      {"down", 2, "2s:5s"},
		"leaves=2s@2":       {"leaves", 2, "2s"},
		"leaves@2=2s:1m":    {"leaves", 2, "2s:1m"},
		"dies-after=9:1@2":  {"dies-after", 2, "9:1"},
		"stale=2@1":         {"stale", 1, "2"},
		"lists=1+2:2+3":     {"lists", 0, "1+2:2+3"},
		"limit=10:fin":      {"limit", 0, "10:fin"},
	} {
		if got, err := ParseFault(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestParseFault_Errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "such as dead, refused, hung; demo --help and docs/faults.md list all",
		"ded@2":         "did you mean dead?",
		"reset_after=5": "did you mean reset-after?",
		"dead=1":        "takes no value",
		"dead=":         "takes no value",
		"dead@0":        "must be from 1 to 500",
		"dead@x":        "must be from 1 to 500",
		"dead@+2":       "must be from 1 to 500",
		"slow":          "slow=200ms",
		"slow=fast":     "invalid duration",
		"slow=-1s":      "invalid duration",
		"sticky=1.2":    "must be a probability",
		"sticky=NaN":    "must be a probability",
		"sticky=0.5@1":  "takes no @1",
		"weights=a:b":   "invalid list",
		"pid=0":         "must be a number from 1 to 4194304",
		"version=4 4":   "invalid version",
		"idle=2s":       "must end in :fin, :rst or :silent",
		"idle=2s:FIN":   "must end in :fin, :rst or :silent",
		"idle=0s:fin":   "invalid duration",
		"idle=2s:fin@1": "takes no @1",
		"down=2s":       "add the duration",
		"down=2s:":      "invalid duration",
		"leaves=":       "leaves=2s:5s",
		"leaves=2s:x":   "invalid duration",
		"dies-after=0":  "must be a number from 1",
		"dies-after=9:": "must be a number from 0",
		"lists=1+2:":    "must be numbers of coordinators",
		"lists=1+x":     "must be numbers of coordinators",
		"limit=10:slow": "may have :rst or :fin",
		"rate=0":        "must be a number from 1",
		"two-level=1":   "must be a number from 2",
		"cuts=":         "cuts=30:70",

		"other-clients=0":      "must begin with a number of at most 100",
		"other-clients=NaN":    "must begin with a number of at most 100",
		"other-clients=0.3:-1": "must be a number from 0",
	} {
		if _, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestFaults_AllStart(t *testing.T) {
	t.Parallel()
	for _, info := range Faults() {
		t.Run(info.Name, func(t *testing.T) {
			t.Parallel()
			if info.Effect == "" {
				t.Error("no Effect")
			}
			text := info.Name
			if info.Example != "" {
				text += "=" + info.Example
			}
			keys := newRealm(t, "impala").keys.Marshal()
			start(t, Config{Keytab: keys, TLS: info.Scope == FaultScopeListener, HTTP: true, Auth: AuthLDAP | AuthKerberos, Balance: BalanceRoundRobin}, text)
		})
	}
}

func TestStart_RejectsInvalidConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"unknown balance":                {Balance: "best"},
		"too many coordinators":          {Coordinators: 1000},
		"background of the wrong length": {Background: []int{1}},
		"address that is not loopback":   {ListenIP: netip.MustParseAddr("192.0.2.1")},
		"unknown auth":                   {Auth: 1 << 7},
		"fault at a missing coordinator": {Faults: []Fault{{"dead", 6, ""}}},
		"fault at a missing node":        {TLS: true, Faults: []Fault{{"expired", 3, ""}}},
		"certificate fault without TLS":  {Faults: []Fault{{"expired", 0, ""}}},
		"login fault without login":      {Faults: []Fault{{"auth-reject", 0, ""}}},
		"zones of the wrong length":      {Faults: []Fault{{"zones", 0, "2:2:1"}}},
		"weights of the wrong length":    {Faults: []Fault{{"weights", 0, "2:1"}}},
		"one-node with one node":         {Nodes: 1, Faults: []Fault{{"one-node", 0, ""}}},
		"lists of the wrong length":      {Faults: []Fault{{"lists", 0, "1:2:3"}}},
		"list with a missing number":     {Faults: []Fault{{"lists", 0, "1:6"}}},
		"list with number 0":             {Faults: []Fault{{"lists", 0, "1:0"}}},
		"stale list of a missing number": {Faults: []Fault{{"stale", 1, "6"}}},
		"stale list of a missing node":   {Faults: []Fault{{"stale", 3, "2"}}},
		"two-level without round robin":  {Faults: []Fault{{"two-level", 0, "2"}}},
		"HTTP fault without it":          {Faults: []Fault{{"login-page", 0, ""}}},
		"layer 7 without HTTP":           {Layer7: true},
		"sticky without layer 7":         {HTTP: true, StickyCookie: true},
		"one port for HS2 and HTTP":      {HTTP: true, HS2Port: 28000, HTTPPort: 28000},
		"Kerberos fault without it":      {Auth: AuthLDAP, Faults: []Fault{{"wrong-keytab", 0, ""}}},
		"unknown fault":                  {Faults: []Fault{{"mute", 0, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var bad *ConfigError
			if cl, err := Start(c); !errors.As(err, &bad) {
				t.Errorf("%v, %v", cl, err)
			}
		})
	}
}

func FuzzParseFault(f *testing.F) {
	for _, info := range Faults() {
		f.Add(info.Name + "=" + info.Example + "@2")
		f.Add(info.Name)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := ParseFault(text)
		if err != nil {
			if len(err.Error()) > 1000+4*len(text) {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
			return
		}
		if again, err := ParseFault(fault.String()); err != nil || again != fault {
			t.Errorf("%q reads as %+v, which reads as %+v, %v", text, fault, again, err)
		}
	})
}

func ExampleParseFault() {
	f, err := ParseFault("slow=200ms@2")
	fmt.Println(f.Name, f.Value, f.At, err)
	// Output: slow 200ms 2 <nil>
}
