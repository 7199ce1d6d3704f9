package soak

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// clusterEnv is set in the process that serves the clusters.
const clusterEnv = "IMPALA_LBCHECK_SOAK_CLUSTER"

func TestMain(m *testing.M) {
	if os.Getenv(clusterEnv) != "" {
		if err := serveClusters(os.Stdin, os.Stdout); err != nil {
			os.Stderr.WriteString("the clusters of the soak: " + err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}
