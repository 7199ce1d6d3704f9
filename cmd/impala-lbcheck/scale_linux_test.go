package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeAWS is an AWS of two children, each of whose logs has three pages of events; the
// array ends when it is asked for the second time.
const fakeAWS = `case "$*" in
*"describe-jobs --jobs array --query"*)
	if [ -e "$ASKED" ]; then echo SUCCEEDED; else echo PENDING; : > "$ASKED"; fi ;;
*"describe-jobs --jobs array:0 "*) echo stream-a ;;
*"describe-jobs --jobs array:1 "*) echo stream-b ;;
*get-log-events*)
	stream=$(echo "$*" | sed 's/.*--log-stream-name \([^ ]*\).*/\1/')
	case "$*" in
	*"--next-token two"*) printf 'three\n%s 3\n' "$stream" ;;
	*"--next-token three"*) printf 'three\n' ;;
	*"--next-token one"*) printf 'two\n%s 2\n' "$stream" ;;
	*) printf 'one\n{ "%s":\n1 }\n' "$stream" ;;
	esac ;;
*) exit 2 ;;
esac
`

// The commands that read the logs of an array job wait for its end, and read each page of
// each child once.
func TestScale_LogsOfABatchJob(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\nuntil aws ")
	lines, _, ended := strings.Cut(after, "\n```")
	if !found || !ended {
		t.Fatal("docs/scale.md has no commands that wait for an array job")
	}
	lines = strings.NewReplacer("seq 0 49", "seq 0 1", "sleep 5", ":", "impala-lbcheck merge -", "cat").Replace("until aws " + lines)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "aws"), fakeAWS)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `aws() { sh "$AWS" "$@"; }`+"\n"+lines)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "AWS=" + filepath.Join(dir, "aws"), "ASKED=" + filepath.Join(dir, "asked"), "job=array"}
	out, err := cmd.CombinedOutput()
	want := ""
	for _, stream := range []string{"stream-a", "stream-b"} {
		want += fmt.Sprintf("{ \"%s\":\n1 }\n%s 2\n%s 3\n\n", stream, stream, stream)
	}
	if err != nil || strings.ReplaceAll(string(out), "\n\n", "\n") != strings.ReplaceAll(want, "\n\n", "\n") {
		t.Errorf("%v: %q, want %q", err, out, want)
	}
}
