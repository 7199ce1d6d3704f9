package balancerlog

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func address(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// knownLine is a line as its format's documentation has it, and what it says.
type knownLine struct {
	format, line string
	want         Record
}

var knownLines = map[string]knownLine{
	"classic TCP": {"classic",
		`2026-05-13T23:39:43.945958Z impala 192.168.131.39:2817 10.0.0.1:21050 0.001069 0.000028 0.00048 - - 82 305 "- - - " "-" - -`,
		Record{Client: address("192.168.131.39:2817"), Backend: address("10.0.0.1:21050"), Accepted: at("2026-05-13T23:39:43.945958Z"), Sent: 305, Received: 82}},
	"classic SSL": {"classic",
		`2026-05-13T23:39:43.945958Z impala 192.168.131.39:2817 10.0.0.1:21050 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2`,
		Record{Client: address("192.168.131.39:2817"), Backend: address("10.0.0.1:21050"), Accepted: at("2026-05-13T23:39:43.945958Z"), Sent: 305, Received: 82}},
	"classic HTTP": {"classic",
		`2026-05-13T23:39:43.945958Z hue 192.168.131.39:2817 10.0.0.1:8888 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -`,
		Record{Client: address("192.168.131.39:2817"), Backend: address("10.0.0.1:8888"), Accepted: at("2026-05-13T23:39:43.945958Z"), Sent: 29}},
	"classic without a backend, older": {"classic",
		`2026-05-13T23:39:43Z impala 192.168.131.39:2817 - -1 -1 -1 - - 0 0 "- - - "`,
		Record{Client: address("192.168.131.39:2817"), Accepted: at("2026-05-13T23:39:43Z"), Reason: "no backend: refused by it, none in service, or nothing was sent before the idle timeout"}},
	"nlb": {"nlb-tls",
		`tls 2.0 2026-12-20T02:59:40 net/impala/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5000 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99 - ECDHE-RSA-AES128-SHA tlsv12 - my-impala.elb.us-east-2.amazonaws.com h2 h2 "h2","http/1.1" 2026-12-20T02:59:35`,
		Record{Client: address("72.21.218.154:51341"), Accepted: at("2026-12-20T02:59:35Z"), Ended: at("2026-12-20T02:59:40Z"), Sent: 246, Received: 98}},
	"nlb, older, failed handshake": {"nlb-tls",
		`tls 2.0 2026-12-20T02:59:40 net/impala/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5000 - 98 0 48 arn:x - - - - -`,
		Record{Client: address("72.21.218.154:51341"), Accepted: at("2026-12-20T02:59:35Z"), Ended: at("2026-12-20T02:59:40Z"), Received: 98, Reason: "TLS alert 48"}},
	"haproxy": {"haproxy",
		`10.1.2.3:49106 [1795861554.960] 10.0.0.9:21050 impala~ impala/c1 10.0.0.2:21050 10.0.0.9:34636 1/0/2000 675/7403 -- 0`,
		Record{Client: address("10.1.2.3:49106"), Node: address("10.0.0.9:21050"), Backend: address("10.0.0.2:21050"), Name: "impala/c1", Accepted: at("2026-11-28T10:25:54.960Z"), Ended: at("2026-11-28T10:25:56.960Z"), Sent: 7403, Received: 675}},
	"haproxy after a redispatch, idle": {"haproxy",
		`<134>Nov 28 10:25:56 lb haproxy[71]: 10.1.2.3:49106 [1795861554.960] 10.0.0.9:21050 impala impala/c1 10.0.0.2:21050 10.0.0.9:34636 1/0/2000 1/0 cD +1`,
		Record{Client: address("10.1.2.3:49106"), Node: address("10.0.0.9:21050"), Backend: address("10.0.0.2:21050"), Name: "impala/c1", Accepted: at("2026-11-28T10:25:54.960Z"), Ended: at("2026-11-28T10:25:56.960Z"), Received: 1, Reason: haproxyStates["cD"], Retried: true}},
	"haproxy without a server": {"haproxy",
		`10.1.2.3:49106 [1795861554.960] 10.0.0.9:21050 impala impala/<NOSRV> -:- -:- 1/-1/0 24/0 SC 0`,
		Record{Client: address("10.1.2.3:49106"), Node: address("10.0.0.9:21050"), Accepted: at("2026-11-28T10:25:54.960Z"), Ended: at("2026-11-28T10:25:54.960Z"), Received: 24, Reason: haproxyStates["SC"]}},
	"haproxy-tcplog": {"haproxy-tcplog",
		`127.0.0.1:44464 [28/Nov/2026:10:15:37.713] rr rr/c2 1/0/2 7403 -- 2/2/1/0/0 0/0`,
		Record{Client: address("127.0.0.1:44464"), Name: "rr/c2", Accepted: at("2026-11-28T10:15:37.713Z"), Ended: at("2026-11-28T10:15:37.715Z"), Sent: 7403, Received: -1}},
	"haproxy-tcplog of IPv6, logged early": {"haproxy-tcplog",
		`::1:44464 [28/Nov/2026:10:15:37.713] rr rr/c2 1/0/+2 +7403 SD 2/2/1/0/+2 0/0`,
		Record{Client: address("[::1]:44464"), Name: "rr/c2", Accepted: at("2026-11-28T10:15:37.713Z"), Sent: 7403, Received: -1, Reason: haproxyStates["SD"], Retried: true}},
	"haproxy-tcplog of a failed handshake": {"haproxy-tcplog",
		`127.0.0.1:44464 [28/Nov/2026:10:15:37.713] rr/1: SSL handshake failure`,
		Record{Client: address("127.0.0.1:44464"), Accepted: at("2026-11-28T10:15:37.713Z"), Sent: -1, Received: -1, Reason: "SSL handshake failure"}},
	"haproxy-httplog": {"haproxy-httplog",
		`127.0.0.1:36964 [28/Nov/2026:10:16:00.223] web web/d1 0/0/1/2/3 200 217 - - ---- 2/1/0/0/0 0/0 "POST /cliservice HTTP/1.1"`,
		Record{Client: address("127.0.0.1:36964"), Name: "web/d1", Accepted: at("2026-11-28T10:16:00.223Z"), Ended: at("2026-11-28T10:16:00.226Z"), Sent: 217, Received: -1}},
	"haproxy-httplog, down": {"haproxy-httplog",
		`127.0.0.1:36964 [28/Nov/2026:10:16:00.223] web web/d1 0/0/-1/-1/0 503 217 - - SC-- 2/1/0/0/0 0/0 {a|b} "POST /cliservice HTTP/1.1"`,
		Record{Client: address("127.0.0.1:36964"), Name: "web/d1", Accepted: at("2026-11-28T10:16:00.223Z"), Ended: at("2026-11-28T10:16:00.223Z"), Sent: 217, Received: -1, Reason: haproxyStates["SC"]}},
	"nginx": {"nginx",
		`127.0.0.1:38906 [1795860938.800] 127.0.0.1:19200 "127.0.0.2:19051" 200 0.001 "0.001" "0.001" "0.002" "675" "7403" 675 7403`,
		Record{Client: address("127.0.0.1:38906"), Node: address("127.0.0.1:19200"), Backend: address("127.0.0.2:19051"), Accepted: at("2026-11-28T10:15:38.799Z"), Ended: at("2026-11-28T10:15:38.800Z"), Sent: 7403, Received: 675}},
	"nginx, the second upstream": {"nginx",
		`127.0.0.1:40454 [1795860955.421] 127.0.0.1:19205 "127.0.0.2:19059, 127.0.0.2:19052" 200 0.201 "-, 0.000" "-, -" "0.000, 0.200" "0, 0" "0, 0" 0 0`,
		Record{Client: address("127.0.0.1:40454"), Node: address("127.0.0.1:19205"), Backend: address("127.0.0.2:19052"), Accepted: at("2026-11-28T10:15:55.220Z"), Ended: at("2026-11-28T10:15:55.421Z"), Retried: true}},
	"nginx, none alive": {"nginx",
		`127.0.0.1:40454 [1795860955.421] 127.0.0.1:19205 "coordinators" 502 0.000 "-" "-" "0.000" "0" "0" 0 0`,
		Record{Client: address("127.0.0.1:40454"), Node: address("127.0.0.1:19205"), Accepted: at("2026-11-28T10:15:55.421Z"), Ended: at("2026-11-28T10:15:55.421Z"), Reason: nginxStatuses["502"]}},
	"envoy": {"envoy",
		`2026-11-28T10:16:28.595Z 98 [2001:db8::7]:60634 127.0.0.1:19301 127.0.0.2:19051 127.0.0.1:50252 - "-" 1 2 675 7403`,
		Record{Client: address("[2001:db8::7]:60634"), Node: address("127.0.0.1:19301"), Backend: address("127.0.0.2:19051"), Accepted: at("2026-11-28T10:16:28.595Z"), Ended: at("2026-11-28T10:16:28.597Z"), Sent: 7403, Received: 675}},
	"envoy, refused": {"envoy",
		`2026-11-28T10:16:28.595Z 98 127.0.0.1:60634 127.0.0.1:19301 127.0.0.2:19059 - UF,URX "delayed_connect_error:_Connection_refused" 1 0 0 0`,
		Record{Client: address("127.0.0.1:60634"), Node: address("127.0.0.1:19301"), Backend: address("127.0.0.2:19059"), Accepted: at("2026-11-28T10:16:28.595Z"), Ended: at("2026-11-28T10:16:28.595Z"), Reason: "UF: no connection to the upstream: delayed_connect_error:_Connection_refused"}},
	"envoy, good after a retry": {"envoy",
		`2026-11-28T10:16:28.595Z 98 127.0.0.1:60634 127.0.0.1:19301 127.0.0.2:19052 127.0.0.1:50252 UF "-" 2 10 675 7403`,
		Record{Client: address("127.0.0.1:60634"), Node: address("127.0.0.1:19301"), Backend: address("127.0.0.2:19052"), Accepted: at("2026-11-28T10:16:28.595Z"), Ended: at("2026-11-28T10:16:28.605Z"), Sent: 7403, Received: 675, Retried: true}},
	"vpc-flow": {"vpc-flow",
		`2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 21050 6 20 4249 1418530010 1418530070 ACCEPT OK`,
		Record{Client: address("172.31.16.139:20641"), Backend: address("172.31.16.21:21050"), Accepted: at("2014-12-14T04:06:50Z"), Ended: at("2014-12-14T04:07:50Z"), Sent: -1, Received: -1}},
	"vpc-flow, rejected": {"vpc-flow",
		`2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 21050 6 20 4249 1418530010 1418530070 REJECT OK`,
		Record{Client: address("172.31.9.69:49761"), Backend: address("172.31.9.12:21050"), Accepted: at("2014-12-14T04:06:50Z"), Ended: at("2014-12-14T04:07:50Z"), Sent: -1, Received: -1, Reason: "REJECT: a security group or a network ACL"}},
}

func TestDecode_KnownLines(t *testing.T) {
	t.Parallel()
	for name, known := range knownLines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got Record
			got.reset()
			if err := FormatNamed(known.format).decode(newDecoder(), []byte(known.line), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(known.want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A line is of one format alone: what detects a format takes no other's lines.
func TestDecode_NoFormatTakesAnothersLines(t *testing.T) {
	t.Parallel()
	for name, known := range knownLines {
		for _, f := range Formats {
			var r Record
			if err := f.decode(newDecoder(), []byte(known.line), &r); err == nil && f.Name != known.format && r.Reason != "SSL handshake failure" {
				t.Errorf("%s: format %s takes it", name, f.Name)
			}
		}
	}
}

// Whatever a line is cut to, it is refused within itself, or read without a panic.
func TestDecode_CutLines(t *testing.T) {
	t.Parallel()
	for name, known := range knownLines {
		f := FormatNamed(known.format)
		for n := range len(known.line) {
			var r Record
			err := f.decode(newDecoder(), []byte(known.line[:n]), &r)
			if wrong, ok := err.(*SyntaxError); ok && (wrong.Column < 1 || wrong.Column > n+1) { //nolint:errorlint // decoders return it as it is
				t.Errorf("%s, cut to %d bytes: column %d", name, n, wrong.Column)
			}
		}
	}
}

func TestDecode_WrongLinesSayWhere(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		format string
		column int
	}{
		`2026-13-13T23:39:43Z impala 1.2.3.4:5 10.0.0.1:6 1 1 1 - - 1 1 "- - - " "-" - -`:                        {"classic", 1},
		`2026-12-13T23:39:43Z impala 1.2.3.4 10.0.0.1:6 1 1 1 - - 1 1 "- - - " "-" - -`:                          {"classic", 29},
		`2026-12-13T23:39:43Z impala 1.2.3.4:5 10.0.0.1:6 1 x 1 - - 1 1 "- - - " "-" - -`:                        {"classic", 52},
		`127.0.0.1:1 [1795860938.800] 127.0.0.1:70000 "127.0.0.2:1" 200 0.001 "0" "0" "0" "0" "0" 1 1`:           {"nginx", 30},
		`127.0.0.1:1 [28/Foo/2026:10:15:37.713] rr rr/c2 1/0/2 7403 -- 2/2/1/0/0 0/0`:                            {"haproxy-tcplog", 14},
		`127.0.0.1:1 [31/Feb/2026:10:15:37.713] rr rr/c2 1/0/2 7403 -- 2/2/1/0/0 0/0`:                            {"haproxy-tcplog", 14},
		`127.0.0.1:1 [28/Nov/2026:10:15:37.713] rr rr/c2 1/0 7403 -- 2/2/1/0/0 0/0`:                              {"haproxy-tcplog", 49},
		`2 1 eni-1 172.31.16.139 172.31.16.21 20641 99999 6 20 4249 1418530010 1418530070 ACCEPT OK`:             {"vpc-flow", 25},
		`2026-11-28T10:16:28.595Z 98 127.0.0.1:60634 127.0.0.1:19301 127.0.0.2:19059 - UF,URX "unclosed 1 0 0 0`: {"envoy", 87},
	} {
		var r Record
		err := FormatNamed(want.format).decode(newDecoder(), []byte(line), &r)
		wrong, ok := err.(*SyntaxError) //nolint:errorlint // decoders return it as it is
		if !ok || wrong.Column != want.column {
			t.Errorf("%s\n%s: %v, want column %d", line, want.format, err, want.column)
		}
	}
}
