package nodes

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// name is the host of every question: one that no file of hosts has, which the resolver
// reads first.
const name = "balancer.tampered.test"

// record is a resource record: of the question's name, where owner is empty.
func record(owner []byte, kind uint16, data []byte) []byte {
	if owner == nil {
		owner = []byte{0xc0, 12} // a pointer to the question
	}
	b := binary.BigEndian.AppendUint16(append([]byte{}, owner...), kind)
	b = append(b, 0, 1, 0, 0, 0, 60) // class, time to live
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// addressOf and aliasOf are the data of records.
func addressOf(n int) []byte { return []byte{10, byte(n >> 16), byte(n >> 8), byte(n)} }
func aliasOf(s string) []byte {
	var b []byte
	for part := range strings.SplitSeq(s, ".") {
		b = append(append(b, byte(len(part))), part...)
	}
	return append(b, 0)
}

// answerTo is the answer to a question, with records.
func answerTo(question []byte, records ...[]byte) []byte {
	end := 12
	for end < len(question) && question[end] != 0 {
		end += int(question[end]) + 1
	}
	end = min(len(question), end+5)
	b := append([]byte{}, question[:end]...)
	b[2], b[3] = 0x81, 0x80 // an answer; recursion was available
	binary.BigEndian.PutUint16(b[6:], uint16(len(records)))
	copy(b[8:12], make([]byte, 4))
	for _, r := range records {
		b = append(b, r...)
	}
	return b
}

// server answers questions over UDP and TCP at one address, as say says now.
type server struct {
	addr string
	say  atomic.Pointer[func(question []byte) []byte]
}

func (s *server) set(say func([]byte) []byte) { s.say.Store(&say) }

func serveNames(t *testing.T) *server {
	t.Helper()
	s := &server{}
	s.set(func(q []byte) []byte { return answerTo(q, record(nil, 1, addressOf(1)), record(nil, 1, addressOf(2))) })
	s.addr = peertest.Serve(t, func(c net.Conn) {
		for {
			var size [2]byte
			if _, err := io.ReadFull(c, size[:]); err != nil {
				return
			}
			question := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(c, question); err != nil {
				return
			}
			answer := (*s.say.Load())(question)
			if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
				return
			}
		}
	})
	packets, err := net.ListenPacket("udp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		b := make([]byte, 1<<12)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo((*s.say.Load())(b[:n:n]), from) // one that is too long is not sent
		}
	})
	t.Cleanup(func() {
		_ = packets.Close()
		served.Wait()
	})
	return s
}

// resolve asks the server alone, over a protocol first.
func (s *server) resolve(t *testing.T, proto string, timeout time.Duration) ([]scenarios.Node, error) {
	var mu sync.Mutex
	var open []net.Conn
	ended := false
	defer func() { // Go's resolver goes on until its own time is over
		mu.Lock()
		defer mu.Unlock()
		ended = true
		for _, c := range open {
			_ = c.Close()
		}
	}()
	asks := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, asked, _ string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if ended {
			return nil, net.ErrClosed
		}
		var d net.Dialer
		if proto == "tcp" {
			asked = "tcp"
		}
		c, err := d.DialContext(ctx, asked, s.addr)
		if err == nil {
			open = append(open, c)
		}
		return c, err
	}}
	r := Resolver{DNS: scenarios.DNSIPv4, Lookup: asks.LookupNetIP, Routed: func(netip.AddrPort) bool { return true }}
	return r.Resolve(t.Context(), scenarios.Target{Endpoints: []string{name + ":21050"}}, timeout)
}

// checkAnswer checks what became of an answer.
func checkAnswer(t *testing.T, what string, nodes []scenarios.Node, err error) {
	t.Helper()
	if err == nil {
		if len(nodes) == 0 || len(nodes) > maxAddresses {
			t.Errorf("%s: %d nodes", what, len(nodes))
		}
		return
	}
	text := err.Error()
	if _, is := errors.AsType[*Error](err); !is || len(text) > 500 || !strings.Contains(text, name) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%s: %q", what, text)
	}
}

// What a name server says is changed on its way, over UDP and TCP: nodes, of which there
// are not too many, or an error in one line within the time.
func TestTampered_Names(t *testing.T) {
	const wait = 60 * time.Millisecond
	for _, proto := range []string{"udp", "tcp"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			var tried peertest.Tried
			whole := answerTo(append(make([]byte, 12), append(aliasOf(name), 0, 1, 0, 1)...), record(nil, 1, addressOf(1)), record(nil, 1, addressOf(2)))
			changes := peertest.Changes(len(whole), 100, 2000)
			const together = 6
			var workers sync.WaitGroup
			for w := range together {
				s := serveNames(t)
				if nodes, err := s.resolve(t, proto, 10*time.Second); err != nil || len(nodes) != 2 {
					t.Fatalf("where nothing is changed: %v, %v", nodes, err)
				}
				workers.Go(func() {
					for i := w; i < len(changes); i += together {
						s.set(func(q []byte) []byte {
							b, _ := changes[i].Apply(answerTo(q, record(nil, 1, addressOf(1)), record(nil, 1, addressOf(2))), 0)
							return b
						})
						start := time.Now()
						nodes, err := s.resolve(t, proto, wait)
						tried.Note(time.Since(start), 0, err == nil)
						checkAnswer(t, proto+", "+changes[i].String(), nodes, err)
					}
				})
			}
			workers.Wait()
			tried.Log(t)
		})
	}
}

// Answers that no name server gives in good faith.
func TestTampered_NamesInBadFaith(t *testing.T) {
	addresses := func(n int) func([]byte) []byte {
		return func(q []byte) []byte {
			var all [][]byte
			for i := range n {
				all = append(all, record(nil, 1, addressOf(i)))
			}
			return answerTo(q, all...)
		}
	}
	for what, tc := range map[string]struct {
		proto string
		say   func([]byte) []byte
		want  string // of the error; "": it may be anything
	}{
		"the most addresses": {"tcp", addresses(maxAddresses), "-"},
		"too many addresses": {"tcp", addresses(maxAddresses + 1), "leads to 257 addresses, and a run dials at most 256"},
		"thousands":          {"tcp", addresses(4000), "leads to 4000 addresses"},
		"cut to TCP":         {"udp", func(q []byte) []byte { b := answerTo(q); b[2] |= 2; return b }, ""},
		"another id":         {"udp", func(q []byte) []byte { b := addresses(1)(q); b[0]++; return b }, "no answer"},
		"another question":   {"udp", func(q []byte) []byte { b := addresses(1)(q); b[13]++; return b }, "no answer"},
		"a loop of names": {"udp", func(q []byte) []byte {
			return answerTo(q, record([]byte{0xc0, byte(len(q))}, 1, addressOf(1)))
		}, ""},
		"an alias of itself": {"udp", func(q []byte) []byte { return answerTo(q, record(nil, 5, []byte{0xc0, 12})) }, ""},
		"a chain of aliases": {"tcp", func(q []byte) []byte {
			all := [][]byte{record(nil, 5, aliasOf("a.0"))}
			for i := range 1000 {
				all = append(all, record(aliasOf("a."+string(rune('0'+i%10))), 5, aliasOf("a."+string(rune('0'+(i+1)%10)))))
			}
			return answerTo(q, all...)
		}, ""},
		"control characters": {"udp", func(q []byte) []byte {
			return answerTo(q, record(nil, 5, aliasOf("\x1b[31m\n::error::.x")), record(aliasOf("\x1b[31m\n::error::.x"), 1, addressOf(1)))
		}, ""},
		"no address of that family": {"udp", func(q []byte) []byte { return answerTo(q, record(nil, 28, make([]byte, 16))) }, ""},
		"nothing":                   {"udp", func([]byte) []byte { return nil }, "no answer"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := serveNames(t)
			s.set(tc.say)
			wait := 10 * time.Second
			if tc.want == "no answer" {
				wait = 100 * time.Millisecond
			}
			nodes, err := s.resolve(t, tc.proto, wait)
			checkAnswer(t, what, nodes, err)
			switch {
			case tc.want == "-" && (err != nil || len(nodes) != maxAddresses):
				t.Errorf("%d nodes, %v", len(nodes), err)
			case tc.want != "" && tc.want != "-" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("%d nodes, %v", len(nodes), err)
			}
		})
	}
}

// A name that leads elsewhere at every turn does not make a run ever larger.
func TestSet_IsBounded(t *testing.T) {
	var s Set
	for turn := range 2 * maxKnown / maxAddresses {
		var found []scenarios.Node
		for i := range maxAddresses {
			n := turn*maxAddresses + i
			found = append(found, scenarios.Node{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte(addressOf(n))), 21050), Host: name})
		}
		s.Update(found, time.Duration(turn)*time.Second)
	}
	if n := len(s.All()); n != maxKnown {
		t.Errorf("%d nodes are known", n)
	}
}
