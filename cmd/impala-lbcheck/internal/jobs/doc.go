// Package jobs writes what engines run shards with: [Job.Kubernetes] an Indexed Job, and
// [Job.BatchDefinition] and [Job.BatchSubmission] a job definition and an array job of AWS
// Batch. It asks no engine anything.
//
// A manifest holds no secret: files are mounted from a Secret, a ConfigMap or a file
// system that somebody else fills, and the commands that fill them are comments.
package jobs
