// Command image writes the container image of impala-lbcheck: an OCI image layout as one
// tar archive, with an image for each platform whose binary is given. It needs no daemon
// and no base image, and contacts nothing.
//
//	go -C tools/image run . -version 0.1.0 -created 2026-11-28T12:00:00Z -amd64 BIN -arm64 BIN -o OUT.tar
//
// An image holds the static binary, a bundle of public CA certificates, and two empty
// directories; there is no shell and no package. It runs as user 65532. The same arguments
// give the same bytes, whatever the machine, the user and the time.
//
// The module is apart from impala-lbcheck's, so that its dependencies reach nobody who
// builds or imports that.
package main
