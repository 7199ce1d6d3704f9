package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const manyForms = `package main

import "fmt"

type box[T any] struct{ v T }

func (b *box[T]) method(_ int, _ string) T { b.v = b.v; return b.v }

func (box[T]) constant() int { return 3 + 1 }

func spread(first int, more ...int) (sum int) {
	for _, n := range more {
		sum += n
	}
	return first + sum
}

func generic[K comparable, V any](m map[K]V, _ K) int { return len(m) * 2 }

func unnamed(int, ...string) int { return 7 }

func nothing(context, switchIt bool) {
	if context {
		fmt.Print("context ")
	}
}

func rescued() (ok bool) {
	defer func() { ok = recover() != nil }()
	panic(1)
}

func main() {
	b := &box[int]{5}
	fmt.Println(b.method(1, "x"), b.constant(), spread(1, 2, 3), generic(map[string]int{"a": 1}, "a"), unnamed(1, "x"), rescued())
	nothing(true, false)
	_, _ = fmt.Print("end")
}
`

// A combined program does what the original does with no mutant on, whatever form its
// functions have, and what one mutant does with that one on.
func TestCombined_DoesOneMutantAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/forms\n\ngo 1.26.0\n", "main.go": manyForms} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	packages, err := load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	ms := slices.DeleteFunc(mutantsOf(packages["."], packages["."].files[0]), func(m mutant) bool { return !packages["."].compiles(m) })
	c, err := combine(t.TempDir(), packages, ms)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "forms")
	if _, err := goCommand(dir, "build", "-overlay="+c.overlay, "-o", program, "."); err != nil {
		t.Fatal(err)
	}
	on := func(number int) string {
		if err := c.turn(number); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program).CombinedOutput()
		if err != nil {
			return err.Error()
		}
		return string(out)
	}
	const original = "5 4 6 2 7 true\ncontext end"
	for key, want := range map[string]string{
		"":                                     original,
		"main.go box.constant: 3 + 1 => 3 - 1": "5 2 6 2 7 true\ncontext end",
		"main.go spread: first + sum => first - sum":       "5 4 -4 2 7 true\ncontext end",
		"main.go spread: sum += n => nothing":              "5 4 1 2 7 true\ncontext end",
		"main.go generic: len(m) * 2 => len(m) / 2":        "5 4 6 0 7 true\ncontext end",
		"main.go nothing: if context => if false":          "5 4 6 2 7 true\nend",
		"main.go unnamed: 7 => (7 + 1)":                    "5 4 6 2 8 true\ncontext end",
		"main.go box.method: b.v = b.v => nothing":         original,
		"main.go main: nothing(true, false) => nothing":    "5 4 6 2 7 true\nend",
		`main.go main: _, _ = fmt.Print("end") => nothing`: "5 4 6 2 7 true\ncontext ",
	} {
		number := c.numbers[key]
		if (key != "") != (number > 0) {
			t.Errorf("%s is not in it: %v", key, c.numbers)
		}
		if got := on(number); got != want {
			t.Errorf("%q is on, by number %s: %q, want %q", key, strconv.Itoa(number), got, want)
		}
	}
	for key := range c.numbers {
		if strings.Contains(key, "rescued") {
			t.Errorf("%s is in a copy, in which recover recovers nothing", key)
		}
	}
}
