package flags

import (
	"errors"
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// For returns the flag of a setting's key: "--ca-cert" of "tls.ca_cert". False where
// files alone have the key. Of several it is the one that most kinds have; a part of
// a setting, such as one threshold, has the setting's.
func For(key string) (string, bool) { return flagOf(key, "") }

// flagOf is For, with the flag that scenarios of kind k have; "" is looks.
func flagOf(key string, k scenarios.Kind) (string, bool) {
	st, ok := settingOf(key, k)
	if !ok {
		return "", false
	}
	return "--" + st.Name, true
}

// settingOf is the setting that a key is of, or is a part of, where it has a flag.
func settingOf(key string, k scenarios.Kind) (found scenarios.Setting, ok bool) {
	for _, st := range scenarios.Settings() {
		if st.Name != "" && (st.Key == key || strings.HasPrefix(key, st.Key+".")) && (!ok || st.Of(k)) {
			found, ok = st, true
		}
	}
	return found, ok
}

// Fix writes the setting and the value of a fix as a flag that can be pasted into a
// shell; "" where there is nothing to set.
func Fix(f vocab.Fix) string {
	st, ok := settingOf(f.Setting, "")
	flag, between := "--"+st.Name, " " // where there is one
	if st.Alone != "" {
		between = "=" // what follows would not be its value
	}
	switch {
	case f.Setting == "":
		return ""
	case !ok:
		return strings.TrimSuffix(f.Setting+": "+f.Value, ": ")
	case f.Value == "true" || f.Value == "" || f.Value == st.Alone:
		return flag
	case f.Value == "false":
		return "without " + flag
	}
	return flag + between + usertext.ShellWord(f.Value)
}

// Word writes an error about a setting with flags: "--ca-cert (tls.ca_cert): needs
// TLS; add --tls", with those of scenarios of kind k. Any other error, and one with a
// place in a file, is returned as it is.
func Word(err error, k scenarios.Kind) error {
	var invalid *scenarios.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	text := invalid.Key
	if flag, ok := flagOf(invalid.Key, k); ok {
		text = fmt.Sprintf("%s (%s)", flag, invalid.Key)
	}
	return errors.New(text + ": " + invalid.Msg + fixes(invalid.Fix))
}

// fixes is what to do, as the end of a sentence.
func fixes(all []vocab.Fix) string {
	text := ""
	for i, f := range all {
		switch how := Fix(f); {
		case f.Why != "" && how != "":
			text += fmt.Sprintf("; %s (%s)", f.Why, how)
		case f.Why != "":
			text += "; " + f.Why
		case i > 0 && all[i-1].Why == "":
			text += " or " + how
		default:
			text += "; add " + how
		}
	}
	return text
}
