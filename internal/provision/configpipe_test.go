//go:build unix

package provision

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe to which nobody writes, in the place of a file of the AWS configuration, keeps
// nobody from leaving.
func TestConfig_APipeInPlaceOfAFile(t *testing.T) {
	for _, variable := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"} {
		for name, tc := range map[string]struct {
			limits limits
			ctx    func() context.Context
			want   string
		}{
			"within the time for files": {limits{files: 20 * time.Millisecond}, context.Background, "see AWS_CONFIG_FILE"},
			"until a signal": {defaultLimits, func() context.Context {
				ctx, cancel := context.WithCancelCause(context.Background())
				cancel(errors.New("told to end"))
				return ctx
			}, "told to end"},
		} {
			t.Run(variable+" "+name, func(t *testing.T) {
				pipe := filepath.Join(t.TempDir(), "pipe")
				if err := syscall.Mkfifo(pipe, 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv(variable, pipe)
				t.Setenv("AWS_REGION", "eu-west-1")
				if _, err := configure(tc.ctx(), Access{}, tc.limits); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("%v, want %q", err, tc.want)
				}
				w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // lets the reader go, once it is there
				if err != nil {
					t.Fatal(err)
				}
				w.Close()
			})
		}
	}
}
