package report

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// asKey writes a fix's setting as a scenario file has it: "tls.enabled: true".
func asKey(f vocab.Fix) string {
	if f.Value == "" {
		return f.Setting
	}
	return f.Setting + ": " + f.Value
}

// Fixes writes alternatives as one sentence: "name the authority (tls.ca_cert); or
// switch TLS off".
func (s Style) Fixes(all scenarios.Fixes) string {
	setting := s.Setting
	if setting == nil {
		setting = asKey
	}
	var texts []string
	for _, f := range all {
		text := f.Why
		if f.Setting != "" {
			if how := setting(f); text == "" {
				text = how
			} else {
				text += " (" + how + ")"
			}
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return message(strings.Join(texts, "; or "))
}
