package localfile

import (
	"fmt"
	"os"
)

// Empty makes an open file ours to write, from its beginning and with nothing in it, until
// it is closed: it fails where another process has made it its own. A pipe or a device
// stays as it is.
func Empty(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if taken(f) {
		return fmt.Errorf("%s: another process is writing it: give each a file of its own", f.Name())
	}
	return f.Truncate(0)
}
