package balancerlog

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
)

// kept keeps what is read.
type kept struct {
	format  *Format
	records []Record
}

func (k *kept) UseFormat(f *Format) { k.format = f }
func (k *kept) Add(r *Record)       { k.records = append(k.records, *r) }

const goodLine = "127.0.0.1:38906 [1795860938.800] 127.0.0.1:19200 \"127.0.0.2:19051\" 200 0.001 \"0.001\" \"0.001\" \"0.002\" \"675\" \"7403\" 675 7403"

func read(t *testing.T, name, text, format string) (File, kept, error) {
	t.Helper()
	var k kept
	f, _, err := Read(name, strings.NewReader(text), FormatNamed(format), &k)
	return f, k, err
}

func TestRead_DetectsEachFormat(t *testing.T) {
	t.Parallel()
	for name, known := range knownLines {
		f, k, err := read(t, "x.log", known.line+"\n", "")
		if err != nil || len(k.records) != 1 || f.Records != 1 || f.Format != k.format.Name {
			t.Errorf("%s: %v, %+v", name, err, f)
		}
		if f.Format != known.format && !strings.Contains(name, "handshake") {
			t.Errorf("%s: detected %s", name, f.Format)
		}
	}
}

func TestRead_CountsAndShowsBrokenLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3*maxLine)
	text := strings.Join([]string{goodLine, "", "noise", goodLine + "\r", long, strings.Repeat("y ", 40), goodLine}, "\n")
	f, k, err := read(t, "n.log", text, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(k.records) != 3 || f.Lines != 7 || f.Records != 3 || f.Other != 1 || f.Broken != 3 {
		t.Errorf("%d records, %+v", len(k.records), f)
	}
	want := []string{"n.log:3:1: expected the client's address and port", fmt.Sprintf("n.log:5:%d: expected the end of the line", maxLine+1), "n.log:6:1: "}
	for i, w := range want {
		if !strings.HasPrefix(f.Shown[i], w) {
			t.Errorf("shown %q, want %q", f.Shown[i], w)
		}
	}
}

func TestRead_ShowsAFewBrokenLines(t *testing.T) {
	t.Parallel()
	f, _, err := read(t, "n.log", goodLine+"\n"+strings.Repeat("noise\n", 1000), "")
	if err != nil || f.Broken != 1000 || len(f.Shown) != maxShown {
		t.Errorf("%v: %d broken, %d shown", err, f.Broken, len(f.Shown))
	}
}

// HAProxy's lines about servers, and those of a frontend with another format, are no damage.
func TestRead_HAProxyHasOtherLines(t *testing.T) {
	t.Parallel()
	text := knownLines["haproxy"].line + "\n" + knownLines["haproxy"].line + "\n" + knownLines["haproxy-tcplog"].line +
		"\nServer impala/c1 is DOWN, reason: Layer4 connection problem\n[WARNING]  (15219) : Proxy rec stopped\n"
	f, _, err := read(t, "h.log", text, "")
	if err != nil || f.Format != "haproxy" || f.Records != 2 || f.Other != 3 || f.Broken != 0 {
		t.Errorf("%v, %+v", err, f)
	}
}

func TestRead_Refuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, format, want string }{
		"nonsense":       {"hello\n", "", "x.log:1:1: no line here is of a format that is known: name it with --log-format"},
		"a wrong format": {goodLine + "\n", "classic", "x.log:1:1: no line of format classic: expected a time such as"},
		"an ALB":         {"https 2026-07-02T22:23:00.186641Z app/x/50dc6c495c0c9188 1.2.3.4:2817 10.0.0.1:80 0 0 0 200 200 34 366 \"GET\"\n", "", "an application balancer logs requests"},
		"Envoy's own":    {"[2026-11-28T10:16:27.403Z] \"- - -\" 0 - 675 7403 2 - \"-\" \"-\" \"-\" \"-\" \"127.0.0.2:19054\"\n", "", "has no address of the client"},
		"nginx without":  {"127.0.0.1 [28/Nov/2026:10:15:37 +0000] TCP 200 7403 675 0.001\n", "", "has no port of the client"},
	} {
		_, _, err := read(t, "x.log", tc.text, tc.format)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead_Gzip(t *testing.T) {
	t.Parallel()
	part := zipped(t, strings.Repeat(goodLine+"\n", 100))
	var k kept
	f, _, err := Read("n.log.gz", bytes.NewReader(append(part, part...)), nil, &k)
	if err != nil || f.Records != 200 || f.Cut != "" {
		t.Errorf("two members: %v, %+v", err, f)
	}
	text := &strings.Builder{} // lines that differ, so that a part of the file has some of them
	for i := range 20_000 {
		fmt.Fprintf(text, "127.0.0.1:%d [17958%05d.%03d] 127.0.0.1:19200 \"127.0.0.2:19051\" 200 0.001 \"0\" \"0\" \"0\" \"0\" \"0\" %d %d\n", i%60000+1, i*7919%100000, i%1000, i*i%7907, i*31%9973)
	}
	whole := zipped(t, text.String())
	f, _, err = Read("n.log.gz", bytes.NewReader(whole[:len(whole)/2]), nil, &k)
	if err != nil || f.Records < 100 || f.Records > 19_000 || !strings.Contains(f.Cut, "broken off") {
		t.Errorf("a part: %v, %d connections, %q", err, f.Records, f.Cut)
	}
}

func TestRead_EmptyIsNoError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "\r\n\r\n"} {
		f, k, err := read(t, "x.log", text, "")
		if err != nil || f.Format != "" || k.format != nil {
			t.Errorf("%q: %v, %+v", text, err, f)
		}
	}
}

// A log of its format may tell of no connection: of an hour without any.
func TestRead_NothingButNews(t *testing.T) {
	t.Parallel()
	f, k, err := read(t, "h.log", "Server a/b is UP\n", "haproxy")
	if err != nil || f.Format != "haproxy" || f.Other != 1 || len(k.records) != 0 {
		t.Errorf("%v, %+v", err, f)
	}
}

// A flow log that S3 has names its columns in the first line.
func TestRead_FlowLogWithColumns(t *testing.T) {
	t.Parallel()
	text := "version srcaddr dstaddr srcport dstport protocol tcp-flags start end pkt-srcaddr pkt-dstaddr action log-status\n" +
		"3 10.0.0.9 10.0.0.2 50000 21050 6 2 1795860938 1795860998 10.1.2.3 10.0.0.2 ACCEPT OK\n" +
		"3 - - - - - - 1795860938 1795860998 - - - NODATA\n" +
		"3 10.0.0.9 10.0.0.2 53 53 17 0 1795860938 1795860998 10.1.2.3 10.0.0.2 ACCEPT OK\n"
	f, k, err := read(t, "f.log", text, "")
	if err != nil || f.Format != "vpc-flow" || f.Records != 1 || f.Other != 3 || f.Broken != 0 {
		t.Fatalf("%v, %+v", err, f)
	}
	if got := k.records[0]; got.Client != address("10.1.2.3:50000") || got.Backend != address("10.0.0.2:21050") {
		t.Errorf("%v -> %v", got.Client, got.Backend)
	}
}

func TestNodeOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"logs/AWSLogs/123456789012/elasticloadbalancing/us-west-2/2026/02/15/123456789012_elasticloadbalancing_us-west-2_my-loadbalancer_20260215T2340Z_172.160.001.192_20sg8hgm.log": "172.160.1.192",
		"123456789012_elasticloadbalancing_us-west-2_a_20260215T2340Z_10.0.0.7_20sg8hgm.log.gz":                                                                                       "10.0.0.7",
		"123456789012_elasticloadbalancing_us-east-2_net.my-lb.123_20260215T2340Z_20sg8hgm.log.gz":                                                                                    "invalid IP",
		"haproxy.log": "invalid IP",
	} {
		if got := NodeOf(name).String(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	f, k, err := read(t, "1_elasticloadbalancing_r_n_20260215T2340Z_10.0.0.7_x.log", knownLines["classic TCP"].line+"\n", "")
	if err != nil || f.Node != "10.0.0.7" || k.records[0].Node.Addr().String() != "10.0.0.7" {
		t.Errorf("%v, %+v", err, f)
	}
}

// Names of a hostile log do not fill the memory.
func TestNames_AreBounded(t *testing.T) {
	t.Parallel()
	n := names{}
	for i := range 3 * maxNames {
		n.of(fmt.Appendf(nil, "name-%d", i))
	}
	if len(n) > maxNames || n.of([]byte("one more")) != otherNames || n.of([]byte("name-7")) != "name-7" {
		t.Errorf("%d names", len(n))
	}
	if got := n.of(bytes.Repeat([]byte("x"), 10*maxName)); len(got) > maxName {
		t.Errorf("a name of %d bytes", len(got))
	}
}

// none takes records and keeps none.
type none struct{}

func (none) UseFormat(*Format) {}
func (none) Add(*Record)       {}

// Reading a log costs memory by its names, not by its lines.
func TestRead_MemoryIsConstant(t *testing.T) {
	for _, name := range []string{"classic TCP", "haproxy", "haproxy-tcplog", "nginx", "envoy", "vpc-flow"} {
		known := knownLines[name]
		line := []byte(known.line)
		d, f := newDecoder(), FormatNamed(known.format)
		var r Record
		if allocs := testing.AllocsPerRun(1000, func() {
			r.reset()
			if err := f.decode(d, line, &r); err != nil && name != "envoy" {
				t.Fatal(err)
			}
		}); allocs > 2 || allocs > 0 && name != "envoy" {
			t.Errorf("%s: %v allocations a line", name, allocs)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for name, known := range knownLines {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			text := strings.Repeat(known.line+"\n", 20_000)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, _, err := Read("x", strings.NewReader(text), FormatNamed(known.format), none{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
