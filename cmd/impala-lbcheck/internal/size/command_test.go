package size

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNew_ArgumentAndFlagAreOne(t *testing.T) {
	t.Parallel()
	answers := map[string]bool{}
	for _, args := range []string{"400", "--sessions 400", "400 --sessions 400"} {
		var out strings.Builder
		cmd := New(&out)
		cmd.SetArgs(strings.Fields(args))
		if err := cmd.Execute(); err != nil {
			t.Errorf("%s: %v", args, err)
		}
		answers[out.String()] = true
	}
	if len(answers) != 1 {
		t.Errorf("%d answers to one question", len(answers))
	}
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                         "how many sessions? impala-lbcheck size 400",
		"impala.example.com":       `"impala.example.com" is not a number of sessions; size sends nothing and needs no host`,
		"400 500":                  "2 arguments in place of one number of sessions",
		"400 --sessions 300":       "400 sessions or 300? Give one of the argument and --sessions",
		"1000001":                  "--sessions 1000001: must be a number from 1 to 1000000",
		"400 --threads 0":          "--threads 0: must be a number from 1 to 1000000",
		"400 --coordinators 10001": "--coordinators 10001: must be a number from 1 to 10000",
		"400 --policy best":        "--policy best: must be one of auto, round-robin, flow-hash, random, leastconn, source",
	} {
		cmd := New(&strings.Builder{})
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(strings.Fields(args))
		if err := cmd.Execute(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}
