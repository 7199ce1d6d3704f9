package localfile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// ReadSecret is [Read] for passwords and keys. It refuses a file that others can
// change, itself or by its directory, and one that others can read, unless it is a
// mounted secret: below /run/secrets or /var/run/secrets (Docker, Podman), in a
// volume of Kubernetes (a directory with a ..data link, or a tmpfs that is mounted
// read-only). A directory that only its owner can enter protects what is in it,
// whatever its mode. Pipes belong to the process that opened them, and Windows'
// mode bits say nothing: neither is looked at.
func ReadSecret(ctx context.Context, name string, limit int64) ([]byte, error) {
	return inTime(ctx, name, func() ([]byte, error) { return read(name, limit, private) })
}

// The mode bits of group and others.
const (
	othersWrite  = 0o022
	othersRead   = 0o044
	othersSearch = 0o011
)

// private says why a file is no place for a secret; nil where it is one.
func private(name string, info fs.FileInfo) error {
	if runtime.GOOS == "windows" || !info.Mode().IsRegular() {
		return nil
	}
	given, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	resolved, err := filepath.EvalSymlinks(given)
	if err != nil {
		resolved = given // a file without a name, such as a here-document
	}
	for _, path := range []string{given, resolved} {
		if dir := filepath.Dir(path); !enclosed(path) && changeable(dir) {
			return fmt.Errorf("%s: others can put another file in its place, since they can write to %s: chmod go-w %s, or move it", name, dir, dir)
		}
	}
	mode := info.Mode().Perm()
	switch {
	case enclosed(resolved):
		return nil
	case mode&othersWrite != 0:
		return fmt.Errorf("%s can be changed by others (mode %04o): chmod 600 %s", name, mode, name)
	case mode&othersRead != 0 && !mounted(given, resolved):
		return fmt.Errorf("%s can be read by others (mode %04o): chmod 600 %s, or put it in a directory of mode 700; only mounted secrets (/run/secrets, Kubernetes) may be readable", name, mode, name)
	}
	return nil
}

// enclosed reports whether one of the directories above path admits only
// its owner.
func enclosed(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&othersSearch == 0 {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// changeable reports whether others can replace a file in dir. In one with the
// sticky bit they can not. A group that is ours alone is no others: with a umask
// of 002 it may write to every directory of a user.
func changeable(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || info.Mode()&fs.ModeSticky != 0 {
		return false
	}
	mode := info.Mode().Perm()
	return mode&0o002 != 0 || mode&0o020 != 0 && !ourGroup(info)
}

// mounted reports whether a container engine put the file there: given is its
// name, resolved the one without links.
func mounted(given, resolved string) bool {
	for _, dir := range []string{"/run/secrets/", "/var/run/secrets/"} {
		if strings.HasPrefix(resolved, dir) {
			return true
		}
	}
	return kubernetesVolume(given, resolved) || readOnlyMemory(resolved)
}

// kubernetesVolume reports whether the kubelet wrote the file: ..data leads to the
// directory that holds the current version of the whole volume.
func kubernetesVolume(given, resolved string) bool {
	dir := filepath.Dir(given)
	data, err := filepath.EvalSymlinks(filepath.Join(dir, "..data"))
	return err == nil && strings.HasPrefix(filepath.Base(data), "..") && filepath.Dir(resolved) == data
}
