package mask

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestError(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("login: %w", &Error{Err: fmt.Errorf("no hunter2: %w", io.EOF), Words: strings.NewReplacer("hunter2", "***")})
	if err.Error() != "login: no ***: EOF" || !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
}
