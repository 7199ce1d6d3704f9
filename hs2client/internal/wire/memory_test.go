package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestShare_TakesWhatIsLeftAndGivesItBack(t *testing.T) {
	t.Parallel()
	m := NewMemory(3 * shareStep)
	a, b := share{memory: m}, share{memory: m}
	a.begin()
	b.begin()
	if a.reserve(freeShare) != nil || m.taken.Load() != 0 {
		t.Errorf("%d bytes taken for an ordinary reply", m.taken.Load())
	}
	if a.reserve(1) != nil || a.reserve(shareStep-1) != nil || m.taken.Load() != shareStep {
		t.Errorf("%d bytes taken, want a step", m.taken.Load())
	}
	if err := b.reserve(freeShare + 3*shareStep); KindOf(err) != vocab.KindOversize || m.taken.Load() != shareStep {
		t.Errorf("error %v, %d bytes taken", err, m.taken.Load())
	}
	b.keeps = true
	if b.reserve(2*shareStep) != nil || m.taken.Load() != 3*shareStep {
		t.Errorf("%d bytes taken, want all", m.taken.Load())
	}
	a.end()
	b.end()
	if m.taken.Load() != 2*shareStep {
		t.Errorf("%d bytes taken, want those that are kept", m.taken.Load())
	}
	b.keeps = false
	b.end()
	if m.taken.Load() != 0 {
		t.Errorf("%d bytes taken after all ended", m.taken.Load())
	}
}

// TestConn_PromisesCount has heads of containers whose elements never come: what is
// allocated for them before they do is counted, too.
func TestConn_PromisesCount(t *testing.T) {
	const list, ofStructs = "\x0f", "\x0c"
	for name, sent := range map[string]string{
		"rows":        "\x0c\x00\x03" + list + "\x00\x02" + ofStructs + "\x00\x00\xff\xff",
		"columns":     "\x0c\x00\x03" + list + "\x00\x03" + ofStructs + "\x00\x00\xff\xff",
		"texts":       "\x0c\x00\x03" + list + "\x00\x03" + ofStructs + "\x00\x00\x00\x01" + "\x0c\x00\x07" + list + "\x00\x01\x0b\x00\x00\xff\xff",
		"a long text": "\x0c\x00\x03" + list + "\x00\x03" + ofStructs + "\x00\x00\x00\x01" + "\x0c\x00\x07" + list + "\x00\x01\x0b\x00\x00\x00\x01\x00\x08\x00\x00" + string(make([]byte, 1<<19)),
	} {
		t.Run(name, func(t *testing.T) {
			w := &transport{rw: &tape{Reader: bytes.NewReader([]byte(sent))}, share: share{memory: NewMemory(shareStep)}}
			w.acquire(ResultBudget)
			defer w.release()
			var resp hs2.TFetchResultsResp
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := resp.Read(context.Background(), newProtocol(w))
			runtime.ReadMemStats(&after)
			if KindOf(w.err) != vocab.KindOversize {
				t.Errorf("error %v", err)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 128<<10 {
				t.Errorf("%d KiB allocated", grown>>10)
			}
		})
	}
	t.Run("entries", func(t *testing.T) {
		w := &transport{rw: &tape{Reader: bytes.NewReader(append([]byte("\x0d\x00\x01\x0b\x0c\x00\x00\xff\xff"), make([]byte, 1<<17)...))}}
		w.acquire(CallBudget)
		defer w.release()
		var q hs2.TTypeQualifiers
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := q.Read(context.Background(), newProtocol(w))
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; KindOf(w.err) != vocab.KindOversize || grown > 128<<10 {
			t.Errorf("error %v, %d KiB allocated", err, grown>>10)
		}
	})
}

// Texts without a byte take memory all the same: a reply has no more of them than its
// budget allows.
func TestConn_EmptyTextsCount(t *testing.T) {
	t.Parallel()
	for n, good := range map[int]bool{100: true, 101: false} {
		sent := binary.BigEndian.AppendUint32([]byte{0x0f, 0, 2, 0x0b}, uint32(n)) // the list infoMessages
		sent = append(sent, make([]byte, 4*n)...)
		sent = append(sent, 0x08, 0, 1, 0, 0, 0, 0, 0) // the statusCode, and the end
		w := &transport{rw: &tape{Reader: bytes.NewReader(sent)}}
		w.acquire(Budget{Bytes: 1 << 10, Overhead: structOverhead + 100*textOverhead})
		var s hs2.TStatus
		err := s.Read(context.Background(), newProtocol(w))
		w.release()
		if (err == nil) != good || !good && KindOf(w.err) != vocab.KindOversize {
			t.Errorf("%d texts: %v", n, err)
		}
	}
}

func TestLogin_CountsItsMessages(t *testing.T) {
	t.Parallel()
	head := binary.BigEndian.AppendUint32([]byte{byte(saslframe.StatusOK)}, saslframe.MaxMessage)
	var c Conn
	c.Init(&tape{Reader: bytes.NewReader(head)})
	c.SetMemory(NewMemory(shareStep))
	if err := c.Login(&Plain{"ann", "pw"}); KindOf(err) != vocab.KindOversize {
		t.Errorf("error %v", err)
	}
}

func TestProtectedStream_CountsItsFrames(t *testing.T) {
	s := share{memory: NewMemory(4 * shareStep)}
	s.begin()
	frame := saslframe.AppendFrame(nil, make([]byte, 1<<20))
	p := &protectedStream{rw: reader{Reader: bytes.NewReader(frame)}, reserve: s.reserve}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := p.Read(make([]byte, 1))
	runtime.ReadMemStats(&after)
	if KindOf(err) != vocab.KindOversize {
		t.Errorf("error %v", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 512<<10 {
		t.Errorf("%d KiB allocated", grown>>10)
	}
}
