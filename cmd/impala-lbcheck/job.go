package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/jobs"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// newJob is the parent of the commands that write what engines run shards with.
func newJob(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "job",
		Short: "Print what Kubernetes or AWS Batch runs shards of a scenario with",
		Long: `Print a manifest with which an engine that you have runs a scenario in shards. What
stands behind -- is the command, with its flags; the shards print their results, and
merge judges them. Nothing is sent anywhere. docs/scale.md walks through it.`,
		Example: `  impala-lbcheck job kubernetes --shards 50 --image ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0 -- smoke impala.example.com --expect-coordinators 5 > job.yaml
  impala-lbcheck job batch --shards 50 --queue checks --image ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0 -- smoke impala.example.com --expect-coordinators 5 > definition.json`,
		GroupID: groupFiles,
		Args:    noUnknown,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newJobKubernetes(e), newJobBatch(e))
	return cmd
}

// repository is where releases put the image.
const repository = "ghcr.io/impala-lbcheck/impala-lbcheck"

// bindJob gives cmd the flags that all engines have.
func bindJob(cmd *cobra.Command, j *jobs.Job) {
	cmd.Flags().IntVar(&j.Shards, "shards", 0, "run `N` shards")
	cmd.Flags().StringVar(&j.Name, "name", "impala-lbcheck", "`NAME` of the job, and of what it mounts")
	cmd.Flags().StringVar(&j.Image, "image", "", "container `IMAGE` (default: "+repository+", of this version)")
	cmd.Flags().SortFlags = false
}

// completeJob checks a job, and fills in what follows from the command behind --.
func completeJob(cmd *cobra.Command, e env, j *jobs.Job, args []string) error {
	switch {
	case cmd.ArgsLenAtDash() != 0 || len(args) == 0:
		return fmt.Errorf("which command? Write it behind --: %s --shards 8 -- smoke impala.example.com", cmd.CommandPath())
	case j.Shards == 0:
		return errors.New("how many? --shards 8")
	case j.Shards < 0 || j.Shards > scenarios.MaxShards:
		return fmt.Errorf("--shards %d: it must be from 1 to %d", j.Shards, scenarios.MaxShards)
	}
	if err := jobs.CheckName(j.Name); err != nil {
		return fmt.Errorf("--name: %w", err)
	}
	if j.Image == "" {
		if !isRelease(version()) {
			return errors.New("this build is no release, of which there is an image: --image")
		}
		j.Image = repository + ":" + version()
	}
	return fillJob(cmd.Context(), e, j, args)
}

// isRelease reports whether a version is that of a release: 1.2.3.
func isRelease(version string) bool {
	return strings.Count(version, ".") == 2 && strings.Trim(version, "0123456789.") == ""
}

func newJobKubernetes(e env) *cobra.Command {
	var j jobs.Job
	cmd := &cobra.Command{
		Use:   "kubernetes -- COMMAND HOST...",
		Short: "Print an Indexed Job",
		Long: `Print the manifest of an Indexed Job with a pod for each shard, under the profile
"restricted". Files that the command reads are mounted from a Secret and a ConfigMap; the
commands that make them, wait for the Job, and merge the logs of its pods into one verdict
stand at the top. No secret is in the manifest. Nothing is sent to a cluster.`,
		Example: `  impala-lbcheck job kubernetes --shards 50 --image ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0 -- smoke impala.example.com --expect-coordinators 5 > job.yaml
  impala-lbcheck job kubernetes --shards 8 --image registry.example.com/impala-lbcheck:0.1.0 -n checks -- capacity impala.example.com --hold 4000 --for 10m \
      --tls --ca-cert corp-ca.pem --auth ldap --user svc-ci --password-file pw --confirm impala.example.com`,
	}
	bindJob(cmd, &j)
	cmd.Flags().StringVarP(&j.Namespace, "namespace", "n", "", "`NAMESPACE` of the Job (default: the one of kubectl)")
	flags.Group(cmd, "Job")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := completeJob(cmd, e, &j, args); err != nil {
			return err
		}
		if j.Namespace != "" {
			if err := jobs.CheckNamespace(j.Namespace); err != nil {
				return fmt.Errorf("--namespace: %w", err)
			}
		}
		if err := j.CheckFiles(); err != nil {
			return err
		}
		return j.Kubernetes(e.out)
	}
	return cmd
}

func newJobBatch(e env) *cobra.Command {
	var b jobs.Batch
	submission := false
	cmd := &cobra.Command{
		Use:   "batch -- COMMAND HOST...",
		Short: "Print a job definition of AWS Batch, and an array job",
		Long: `Print a job definition of AWS Batch, or with --submission the array job of it, as JSON for
the AWS CLI. A password comes from Secrets Manager, and files that the command reads are in
the root of a file system of EFS. No secret is in either. Nothing is sent to AWS.`,
		Example: `  impala-lbcheck job batch --shards 50 --queue checks --image ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0 -- smoke impala.example.com --expect-coordinators 5 > definition.json
  impala-lbcheck job batch --shards 50 --queue checks --image ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0 --submission -- smoke impala.example.com --expect-coordinators 5 > submission.json
  aws batch register-job-definition --cli-input-json file://definition.json
  aws batch submit-job --cli-input-json file://submission.json`,
	}
	bindJob(cmd, &b.Job)
	cmd.Flags().StringVar(&b.Queue, "queue", "", "job `QUEUE`")
	cmd.Flags().BoolVar(&submission, "submission", false, "print the array job in the place of its definition")
	cmd.Flags().StringVar(&b.ExecutionRole, "execution-role", "", "`ARN` of the role that reads the secret (default: none)")
	cmd.Flags().StringVar(&b.PasswordFrom, "password-from", "", "`ARN` of the secret with the password (default: none)")
	cmd.Flags().StringVar(&b.FileSystem, "file-system", "", "`ID` of the file system of EFS with the files of the command in its root (default: none)")
	flags.Group(cmd, "Job")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		b.PasswordIn = flags.PasswordVariable
		b.PasswordElsewhere = b.PasswordFrom != ""
		if err := completeJob(cmd, e, &b.Job, args); err != nil {
			return err
		}
		if b.Queue == "" {
			return errors.New("no --queue: to which job queue is it submitted?")
		}
		if err := b.Check(); err != nil {
			return err
		}
		if submission {
			return b.BatchSubmission(e.out)
		}
		return b.BatchDefinition(e.out)
	}
	return cmd
}
