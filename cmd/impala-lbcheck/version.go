package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is what results, man pages and --version say of this build: the tag of the
// commit without its v, or what Go makes of a commit that has none. The Go toolchain
// notes it, of a checkout and of `go install MODULE@TAG` alike, so that the tag is the
// only place where a version is written. A build that knows of no commit is "devel".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

// commitDate is the day of the commit that this was built from; "" is unknown.
func commitDate() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if day, _, found := strings.Cut(s.Value, "T"); found && s.Key == "vcs.time" {
				return day
			}
		}
	}
	return ""
}

func newVersion(e env) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  none,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(e.out, buildOf(debug.ReadBuildInfo()), "  ")
			}
			without := ""
			if !withAWS {
				without = ", without AWS"
			}
			_, err := fmt.Fprintf(e.out, "impala-lbcheck %s (%s, %s/%s%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, without)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print version, commit, Go version and whether it can call AWS, as JSON")
	return cmd
}

// build is what version --json prints.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // "": not built from a checkout
	Modified bool   `json:"modified"` // the checkout had changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
	AWS      bool   `json:"aws"` // it can provision: not built with the tag noaws
}

// buildOf reads what the Go toolchain noted of this build.
func buildOf(info *debug.BuildInfo, ok bool) build {
	b := build{Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, AWS: withAWS}
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
