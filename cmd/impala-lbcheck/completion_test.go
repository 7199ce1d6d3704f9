package main

import (
	"regexp"
	"strings"
	"testing"
)

// The proofs of interop complete words in a real bash; here, what the script needs of
// bash-completion is called only where it is there.
func TestCompletion_BashNeedsNoPackage(t *testing.T) {
	t.Parallel()
	script, stderr, code := call(t, "completion", "bash")
	if code != exitPass {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	foreign := regexp.MustCompile(`(^|[^_\w-])_(get_comp_words_by_ref|filedir|init_completion|comp_\w+|known_hosts_real)\b`)
	calls, guards := 0, 0
	for line := range strings.Lines(script) {
		if !foreign.MatchString(line) || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if calls++; strings.Contains(line, "declare -F") {
			guards++
		}
	}
	// cobra's own guard and call, and cobra's definition that ours replaces
	if calls != 7 || guards != 3 {
		t.Errorf("%d uses of bash-completion's functions, %d guards; want 7 and 3", calls, guards)
	}
	const name = "__impala-lbcheck_init_completion()"
	if strings.Count(script, name) != 2 || strings.LastIndex(script, name) < strings.Index(script, "complete -o default") {
		t.Errorf("the definition of %s does not replace cobra's", name)
	}
}

// bash parts "dead@2" at the @.
func TestCompletion_BashJoinsWordsAtAt(t *testing.T) {
	t.Parallel()
	script, _, _ := call(t, "completion", "bash")
	for text, times := range map[string]int{cobraJoins + "@ ||": 2, cobraJoins + " ||": 0, "__impala-lbcheck" + stripsAt + "\n": 1} {
		if n := strings.Count(script, text); n != times {
			t.Errorf("%d times %q, want %d", n, text, times)
		}
	}
}

func TestCompletion_BashWithoutDescriptions(t *testing.T) {
	t.Parallel()
	script, _, code := call(t, "completion", "bash", "--no-descriptions")
	if code != exitPass || !strings.Contains(script, "__completeNoDesc") {
		t.Errorf("exit %d, and the script asks for descriptions", code)
	}
}
