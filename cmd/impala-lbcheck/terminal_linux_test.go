package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// pseudoTerminal makes a terminal of 80 columns; shown closes it and returns what was
// written to it.
func pseudoTerminal(t *testing.T) (terminal *os.File, shown func() string) {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var locked, number uint32
	size := [4]uint16{24, 80} // rows, columns, and pixels
	ioctl(t, control, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	ioctl(t, control, syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(t, control, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	read := make(chan struct{})
	go func() {
		_, _ = io.Copy(&text, control) // until the terminal is closed, which is an error
		close(read)
	}()
	return terminal, func() string {
		_ = terminal.Close()
		<-read
		_ = control.Close()
		return text.String()
	}
}

func ioctl(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, err := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); err != 0 {
		t.Fatal(os.NewSyscallError("ioctl", err))
	}
}

// colour is what a terminal obeys of a coloured text.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// A report has colours and the width of the terminal that it goes to, and no colours where
// the environment wants none.
func TestReport_OnATerminal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		environ []string
		colours bool
	}{
		"a terminal":                 {[]string{"TERM=xterm"}, true},
		"a terminal of no name":      {nil, true},
		"NO_COLOR that is empty":     {[]string{"TERM=xterm", "NO_COLOR="}, true},
		"NO_COLOR":                   {[]string{"TERM=xterm", "NO_COLOR=1"}, false},
		"a terminal without colours": {[]string{"TERM=dumb"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terminal, shown := pseudoTerminal(t)
			var stderr bytes.Buffer
			code := mainCode([]string{"report", "../../testdata/runs/dead.json"}, env{out: terminal, err: &stderr, environ: tc.environ})
			text := shown()
			if code != exitFail || stderr.Len() > 0 || !strings.Contains(text, "FAIL") {
				t.Errorf("exit %d, %q\n%s", code, stderr.String(), text)
			}
			for line := range strings.Lines(colour.ReplaceAllString(text, "")) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\r\n")); n > 80 && !strings.HasPrefix(line, "FAIL: ") { // the verdict is one line
					t.Errorf("a line of %d characters: %s", n, line)
				}
			}
			if colours := strings.Contains(text, "\x1b["); colours != tc.colours {
				t.Errorf("colours %v, want %v:\n%q", colours, tc.colours, text)
			}
		})
	}
}
