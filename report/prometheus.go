package report

import (
	"io"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePrometheus writes the text format of Prometheus, for the textfile collector of
// its node exporter. It has no timestamps: that collector refuses them.
func writePrometheus(w io.Writer, r scenarios.Result, _ Style) error {
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(Metrics(r)); err != nil {
		return err
	}
	families, err := registry.Gather()
	if err != nil {
		return err
	}
	e := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// asIs is for a format of which every text from outside was neutralized before it was
// written, and that a further backslash would break.
func asIs(doc []byte) []byte { return doc }
