package live

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// console draws frames one over the other. Where the terminal became narrower, the rows
// of the last frame take more of its rows now, which are cleared, too.
type console struct {
	terminal io.Writer
	size     func() (width, height int, err error)
	buf      bytes.Buffer
	drawn    []int // the widths of the rows of the last frame
}

func newConsole(f *os.File, w io.Writer) *console {
	return &console{terminal: w, size: func() (int, int, error) { return term.GetSize(int(f.Fd())) }}
}

// Write adds to the next frame, or to the lines above it.
func (c *console) Write(p []byte) (int, error) { return c.buf.Write(p) }

// ReadFrom is Write.
func (c *console) ReadFrom(r io.Reader) (int64, error) { return c.buf.ReadFrom(r) }

// IsTerminal says that it is one.
func (c *console) IsTerminal() bool { return true }

// GetTermSize is the terminal's.
func (c *console) GetTermSize() (width, height int, err error) { return c.size() }

// Flush draws what was written, the last rows of which are the frame. Rows are cleared one
// by one: tmux keeps a whole screen that is cleared at once.
func (c *console) Flush(rows int) error {
	width, _, err := c.size()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	before := c.taken(width)
	if before > 0 {
		fmt.Fprintf(&out, "\r\x1b[K\x1b[%dA", before) // the terminal may have shown a key, such as ^C
	}
	lines := slices.Collect(bytes.Lines(c.buf.Bytes()))
	c.drawn = c.drawn[:0]
	for i, l := range lines {
		l = bytes.TrimRight(l, "\n")
		out.Write(l)
		out.WriteString(clearRest)
		if i >= len(lines)-rows {
			c.drawn = append(c.drawn, utf8.RuneCount(l))
		}
	}
	if left := before - len(lines); left > 0 {
		fmt.Fprintf(&out, "%s\x1b[%dA", strings.Repeat(clearRest, left), left)
	}
	c.buf.Reset()
	_, err = c.terminal.Write(out.Bytes())
	return err
}

// clearRest clears the rest of a row, and goes to the next.
const clearRest = "\x1b[K\n"

// taken is how many rows the last frame takes at a width.
func (c *console) taken(width int) int {
	rows := 0
	for _, w := range c.drawn {
		rows += max(1, (w+width-1)/max(width, 1))
	}
	return rows
}
