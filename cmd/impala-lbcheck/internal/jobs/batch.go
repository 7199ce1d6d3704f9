package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Batch is what AWS Batch needs besides a Job.
type Batch struct {
	Job
	Queue         string
	ExecutionRole string // ARN; "": none, which is enough where nothing is read from Secrets Manager
	PasswordFrom  string // ARN of a secret or a parameter, which is the variable PasswordIn; "": none
	PasswordIn    string
	FileSystem    string // of EFS, with the files of the command in its root; "": there are none
}

// What AWS Batch takes: an array has two children at least.
const (
	minArray = 2
	maxArray = 10_000
)

// Check fails on what AWS Batch would refuse, or the command would not find.
func (b Batch) Check() error {
	switch {
	case b.Shards < minArray || b.Shards > maxArray:
		return fmt.Errorf("an array job of AWS Batch has %d to %d children: --shards %d", minArray, maxArray, b.Shards)
	case len(b.Files) > 0 && b.FileSystem == "":
		return fmt.Errorf("the command reads %s: name a file system of EFS that holds it, with --file-system", b.Files[0].Local)
	case b.PasswordFrom != "" && b.ExecutionRole == "":
		return errors.New("a secret is read with the execution role: give its ARN with --execution-role")
	}
	for _, arg := range b.Args {
		if strings.HasPrefix(arg, parameter) {
			return fmt.Errorf("%.60q is a parameter of AWS Batch, which puts its value there: write the argument in another way", arg)
		}
	}
	return nil
}

// parameter begins an argument that AWS Batch replaces.
const parameter = "Ref::"

type object = map[string]any

// BatchDefinition writes the argument of `aws batch register-job-definition
// --cli-input-json`.
func (b Batch) BatchDefinition(w io.Writer) error {
	container := object{
		"image": b.Image, "command": b.Args, "user": "65532", "readonlyRootFilesystem": true, "privileged": false,
		"resourceRequirements": []object{
			{"type": "VCPU", "value": strconv.Itoa((b.Needs.cpu() + 999) / 1000)},
			{"type": "MEMORY", "value": strconv.Itoa(b.Needs.limit())},
		},
		"environment":     []object{{"name": "GOMEMLIMIT", "value": b.Needs.goLimit()}},
		"linuxParameters": object{"initProcessEnabled": true},
	}
	if b.ExecutionRole != "" {
		container["executionRoleArn"] = b.ExecutionRole
	}
	if b.PasswordFrom != "" {
		container["secrets"] = []object{{"name": b.PasswordIn, "valueFrom": b.PasswordFrom}}
	}
	if len(b.Files) > 0 {
		container["volumes"] = []object{{"name": "files", "efsVolumeConfiguration": object{"fileSystemId": b.FileSystem, "transitEncryption": "ENABLED"}}}
		container["mountPoints"] = []object{
			{"sourceVolume": "files", "containerPath": FilesAt, "readOnly": true},
			{"sourceVolume": "files", "containerPath": SecretsAt, "readOnly": true},
		}
	}
	return write(w, object{
		"jobDefinitionName": b.Name, "type": "container", "platformCapabilities": []string{"EC2"}, "propagateTags": true,
		"containerProperties": container,
		// A shard that did not measure is not tried again: the others would be done by then.
		"retryStrategy": object{"attempts": 1},
		"timeout":       object{"attemptDurationSeconds": int(b.Needs.deadline() / time.Second)},
	})
}

// BatchSubmission writes the argument of `aws batch submit-job --cli-input-json`.
func (b Batch) BatchSubmission(w io.Writer) error {
	return write(w, object{
		"jobName": b.Name, "jobQueue": b.Queue, "jobDefinition": b.Name, "arrayProperties": object{"size": b.Shards},
	})
}

func write(w io.Writer, o object) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(o)
}
