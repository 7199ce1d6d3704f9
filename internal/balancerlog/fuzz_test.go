package balancerlog

import (
	"bytes"
	"errors"
	"testing"
)

// Each format has its fuzz target: a line that is taken has a client and a time, one that is
// refused says where, and neither costs more than it is long.

func FuzzClassic(f *testing.F)       { fuzz(f, "classic") }
func FuzzNetworkTLS(f *testing.F)    { fuzz(f, "nlb-tls") }
func FuzzHAProxy(f *testing.F)       { fuzz(f, "haproxy") }
func FuzzHAProxyTCPLog(f *testing.F) { fuzz(f, "haproxy-tcplog") }
func FuzzHAProxyHTTPLog(f *testing.F) {
	fuzz(f, "haproxy-httplog")
}
func FuzzNginx(f *testing.F)   { fuzz(f, "nginx") }
func FuzzEnvoy(f *testing.F)   { fuzz(f, "envoy") }
func FuzzVPCFlow(f *testing.F) { fuzz(f, "vpc-flow") }

func fuzz(f *testing.F, format string) {
	for _, known := range knownLines {
		if known.format == format {
			f.Add([]byte(known.line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		line = bytes.ReplaceAll(line, []byte("\n"), nil)
		line = line[:min(len(line), maxLine)]
		var r Record
		r.reset()
		err := FormatNamed(format).decode(newDecoder(), line, &r)
		switch wrong, refused := errors.AsType[*SyntaxError](err); {
		case refused:
			if wrong.Column < 1 || wrong.Column > len(line)+1 || wrong.Want == "" {
				t.Errorf("refused at column %d of %d: %q", wrong.Column, len(line), wrong.Want)
			}
		case err == nil:
			if !r.Client.IsValid() || r.Accepted.IsZero() || r.Accepted.Year() < 1900 || r.Accepted.Year() > 2500 {
				t.Errorf("%+v", r)
			}
			if len(r.Name) > maxName || len(r.Reason) > maxName || r.Sent < -1 || r.Received < -1 {
				t.Errorf("%+v", r)
			}
		case !errors.Is(err, errOther):
			t.Error(err)
		}
	})
}
