package report

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestStyle_Fixes(t *testing.T) {
	t.Parallel()
	fixes := scenarios.Fixes{
		{Setting: "tls.ca_cert", Why: "trust the authority"},
		{Setting: "expect.nodes", Value: "2"},
		{Why: "switch TLS\n off"},
		{},
	}
	flag := func(f vocab.Fix) string { return "--" + f.Setting + " " + f.Value }
	for name, tc := range map[string]struct {
		style Style
		fixes scenarios.Fixes
		want  string
	}{
		"keys":         {Style{}, fixes, "trust the authority (tls.ca_cert); or expect.nodes: 2; or switch TLS off"},
		"the caller's": {Style{Setting: flag}, fixes[1:2], "--expect.nodes 2"},
		"none":         {Style{}, nil, ""},
	} {
		if got := tc.style.Fixes(tc.fixes); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
