package jobs

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// scaleDoc is docs/scale.md.
func scaleDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What docs/scale.md says that a shard is given is what it is given.
func TestScale_Needs(t *testing.T) {
	t.Parallel()
	text := strings.Join(strings.Fields(scaleDoc(t)), " ")
	for _, want := range []string{
		fmt.Sprintf("%d KiB for each session open at once, %d with TLS (the kernel's part of a connection is %d), and %d MiB besides", openPlain, openTLS, openKernel, ownMemory),
		fmt.Sprintf("%g ms of a core for each new session, %g ms with TLS, and twice that", newPlain, newTLS),
		"The limit of memory is twice the request",
		"`GOMEMLIMIT` is 90 % of what the limit leaves beside the kernel's part",
		fmt.Sprintf("An array has %d to %d %03d children", minArray, maxArray/1000, maxArray%1000),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/scale.md does not say %q", want)
		}
	}
	if headroom != 2 {
		t.Errorf("docs/scale.md says twice, and it is %d times", headroom)
	}
	if n := (Needs{}); n.goLimit() != fmt.Sprintf("%dMiB", n.limit()*9/10) {
		t.Errorf("docs/scale.md says 90 %%, and it is %s of %d", n.goLimit(), n.limit())
	}
}

// The commands around a Job in docs/scale.md are those that its manifest has at its top.
func TestScale_Commands(t *testing.T) {
	t.Parallel()
	j := Job{Name: "smoke", Namespace: "checks", Shards: 50, Files: []File{
		{Local: "corp-ca.pem", Key: "ca.crt"}, {Local: "pw", Key: "password", Secret: true},
	}}
	var commands string
	for line := range strings.Lines(j.around()) {
		if command, ok := strings.CutPrefix(line, "#   "); ok {
			commands += strings.Replace(command, "THIS-FILE", "job.yaml", 1)
		}
	}
	if commands == "" || !strings.Contains(scaleDoc(t), "> job.yaml\n\n"+commands+"```\n") {
		t.Errorf("docs/scale.md does not have these commands behind the one that prints job.yaml:\n%s", commands)
	}
}

// Which exit codes a Job knows is what docs/scale.md says of them.
func TestScale_ExitCodes(t *testing.T) {
	t.Parallel()
	doc := scaleDoc(t)
	for action, codes := range map[string]string{"FailJob": "2", "FailIndex": "3, 4, 70"} {
		_, rule, found := strings.Cut(manifest, "- action: "+action+"\n")
		_, values, listed := strings.Cut(rule, "values: [")
		if values, _, _ = strings.Cut(values, "]"); !found || !listed || values != codes {
			t.Errorf("%s is for %q, want %q", action, values, codes)
		}
		if !strings.Contains(doc, "\n| "+codes+" |") {
			t.Errorf("docs/scale.md has no row of the exit codes %s", codes)
		}
	}
}
