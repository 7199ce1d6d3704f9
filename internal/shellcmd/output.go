package shellcmd

// Head keeps the first Max+1 bytes: enough to see that there were more.
type Head struct {
	Max int
	b   []byte
}

// Write takes all of p.
func (h *Head) Write(p []byte) (int, error) {
	if room := h.Max + 1 - len(h.b); room > 0 {
		h.b = append(h.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// Bytes returns what was kept.
func (h *Head) Bytes() []byte { return h.b }

// Tail keeps the last Max bytes.
type Tail struct {
	Max int
	b   []byte
}

// Write takes all of p.
func (t *Tail) Write(p []byte) (int, error) {
	n := len(p)
	p = p[max(0, len(p)-t.Max):]
	t.b = append(t.b[max(0, len(t.b)+len(p)-t.Max):], p...)
	return n, nil
}

// Bytes returns what was kept.
func (t *Tail) Bytes() []byte { return t.b }
