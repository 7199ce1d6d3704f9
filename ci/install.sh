#!/bin/sh
# Installs impala-lbcheck in a CI job: the archive of a release, checked against its
# SHA-256, or a build by Go where there is no archive, for this platform or of a commit.
#
# Variables:
#   LBCHECK_VERSION   a release, such as v0.2.0; or a commit, which Go builds
#   LBCHECK_BIN       the directory to install it into
#   LBCHECK_SHA256    the checksum of the archive, where you pin it yourself; without it,
#                     the archive is checked against the SHA256SUMS beside it. With it,
#                     nothing is built: what has no archive is not installed
#   LBCHECK_RELEASES  where releases are, such as a mirror inside your network
#
# templates/check.yml and ci/Jenkinsfile have a copy of this file, which a test compares and
# `go test ./internal/floors -run CI -update` writes.
set -eu
: "${LBCHECK_VERSION:?is not set: a release such as v0.2.0}"
: "${LBCHECK_BIN:?is not set: the directory to install impala-lbcheck into}"
project=github.com/impala-lbcheck/impala-lbcheck

# What Go calls this platform; nothing where releases have no archive for it.
case $LBCHECK_VERSION/$(uname -s)/$(uname -m) in
  v*/Linux/x86_64) platform=linux_amd64 ;;
  v*/Linux/aarch64 | v*/Linux/arm64) platform=linux_arm64 ;;
  v*/Darwin/x86_64) platform=darwin_amd64 ;;
  v*/Darwin/arm64) platform=darwin_arm64 ;;
  *) platform= ;;
esac

install_release() {
  release=${LBCHECK_RELEASES:-https://$project/releases/download}/$LBCHECK_VERSION
  name=impala-lbcheck_${LBCHECK_VERSION#v}_$platform
  tmp=$(mktemp -d)
  download "$release/$name.tar.gz" "$tmp/$name.tar.gz"
  if [ -n "${LBCHECK_SHA256:-}" ]; then
    echo "$LBCHECK_SHA256  $name.tar.gz" >"$tmp/expected"
  else
    download "$release/SHA256SUMS" "$tmp/SHA256SUMS"
    awk -v file="$name.tar.gz" '$2 == file' "$tmp/SHA256SUMS" >"$tmp/expected"
  fi
  (cd "$tmp" && check_sum expected) || fail "$release/$name.tar.gz does not have the expected SHA-256: it is not installed"
  tar -xzf "$tmp/$name.tar.gz" -C "$tmp"
  cp "$tmp/$name/impala-lbcheck" "$LBCHECK_BIN/impala-lbcheck"
  rm -rf "$tmp"
}

download() {
  curl --fail --silent --show-error --location --retry 3 --max-time 120 --output "$2" "$1" ||
    fail "cannot download $1: does this runner reach it? LBCHECK_RELEASES names a mirror"
}

check_sum() {
  if command -v sha256sum >/dev/null; then
    sha256sum -c "$1"
  else
    shasum -a 256 -c "$1"
  fi
}

fail() {
  echo "impala-lbcheck is not installed: $1" >&2
  exit 1
}

if [ -z "$platform" ] && [ -n "${LBCHECK_SHA256:-}" ]; then
  fail "LBCHECK_SHA256 is of an archive, and $LBCHECK_VERSION has none for $(uname -s)/$(uname -m): give a release such as v0.2.0, or no checksum"
fi
mkdir -p "$LBCHECK_BIN"
if [ -n "$platform" ]; then
  install_release
else
  # Without the commands for AWS, which would take most of the time.
  GOBIN=$LBCHECK_BIN go install -tags noaws "$project/cmd/impala-lbcheck@$LBCHECK_VERSION"
fi
"$LBCHECK_BIN/impala-lbcheck" version
