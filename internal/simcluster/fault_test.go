package simcluster

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestFaultsAreRead(t *testing.T) {
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
	} {
		if got, err := ParseFault(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestBadFaultsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "There are dead, refused,",
		"ded@2":         "did you mean dead?",
		"reset_after=5": "did you mean reset-after?",
		"dead=1":        "takes no value",
		"dead=":         "takes no value",
		"dead@0":        "no number from 1",
		"dead@x":        "no number from 1",
		"dead@+2":       "no number from 1",
		"slow":          "slow=200ms",
		"slow=fast":     "no duration",
		"slow=-1s":      "no duration",
		"sticky=1.2":    "no probability",
		"sticky=NaN":    "no probability",
		"sticky=0.5@1":  "takes no @1",
		"weights=a:b":   "no list",
		"pid=0":         "no number from 1",
		"version=4 4":   "no version",
		"idle=2s":       "ends in none of :fin, :rst, :silent",
		"idle=2s:FIN":   "ends in none of :fin, :rst, :silent",
		"idle=0s:fin":   "no duration",
		"idle=2s:fin@1": "takes no @1",
		"down=2s":       "lacks for how long",
		"down=2s:":      "no duration",
		"leaves=":       "leaves=2s:5s",
		"leaves=2s:x":   "no duration",
	} {
		if _, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestEveryFaultOfTheListCanBeStarted(t *testing.T) {
	t.Parallel()
	for _, info := range Faults() {
		t.Run(info.Name, func(t *testing.T) {
			t.Parallel()
			if info.Effect == "" {
				t.Error("says nothing of itself")
			}
			text := info.Name
			if info.Example != "" {
				text += "=" + info.Example
			}
			nodes := 2
			if info.Name == "zones" {
				nodes = 3
			}
			start(t, Config{TLS: info.Scope == FaultScopeListener, Nodes: nodes, Auth: LDAP}, text)
		})
	}
}

func TestConfigsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"no such policy":                   {Balance: "best"},
		"too many coordinators":            {Coordinators: 1000},
		"background of another length":     {Background: []int{1}},
		"an address of the outside world":  {ListenIP: netip.MustParseAddr("192.0.2.1")},
		"no such auth":                     {Auth: "kerberos"},
		"a fault beyond the coordinators":  {Faults: []Fault{{"dead", 6, ""}}},
		"a fault beyond the nodes":         {TLS: true, Faults: []Fault{{"expired", 3, ""}}},
		"a certificate's fault, no TLS":    {Faults: []Fault{{"expired", 0, ""}}},
		"a login's fault, no login":        {Faults: []Fault{{"auth-reject", 0, ""}}},
		"zones of another number of nodes": {Faults: []Fault{{"zones", 0, "2:2:1"}}},
		"weights of another length":        {Faults: []Fault{{"weights", 0, "2:1"}}},
		"one node of one":                  {Nodes: 1, Faults: []Fault{{"one-node", 0, ""}}},
		"an unknown fault":                 {Faults: []Fault{{"mute", 0, ""}}},
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
