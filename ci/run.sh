#!/bin/sh
# Runs impala-lbcheck in a CI job and exits as it does. What the job keeps is in one
# directory: result.json, junit.xml and report.md.
#
# Variables:
#   LBCHECK_BIN        where impala-lbcheck is installed
#   LBCHECK_OUT        the directory of what is kept
#   LBCHECK_COMMAND    the command: smoke, tls, spread, ...
#   LBCHECK_ENDPOINTS  the balancers, HOST:PORT, with spaces between them
#   LBCHECK_ARGS       further arguments, one a line; blank lines are left out
#   LBCHECK_PASSWORD   the password, if it is not in IMPALA_LBCHECK_PASSWORD
#
# templates/check.yml has a copy of this file, which a test compares and
# `go test ./internal/floors -run CI -update` writes.
set -eu
: "${LBCHECK_BIN:?is not set: where impala-lbcheck is installed}"
: "${LBCHECK_OUT:?is not set: the directory of the results}"
mkdir -p "$LBCHECK_OUT"

set -f # no argument is a pattern of file names
set -- "${LBCHECK_COMMAND:-smoke}"
for endpoint in ${LBCHECK_ENDPOINTS:-}; do
  set -- "$@" "$endpoint"
done
while read -r arg; do
  if [ -n "$arg" ]; then
    set -- "$@" "$arg"
  fi
done <<ARGS
${LBCHECK_ARGS:-}
ARGS
set +f

if [ -n "${LBCHECK_PASSWORD:-}" ]; then
  export IMPALA_LBCHECK_PASSWORD="$LBCHECK_PASSWORD"
fi
unset LBCHECK_PASSWORD

code=0
"$LBCHECK_BIN/impala-lbcheck" "$@" --out "$LBCHECK_OUT/result.json" --out "$LBCHECK_OUT/junit.xml" --out "$LBCHECK_OUT/report.md" || code=$?

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  {
    echo "exit-code=$code"
    echo "result=$LBCHECK_OUT/result.json"
    echo "junit=$LBCHECK_OUT/junit.xml"
    echo "report=$LBCHECK_OUT/report.md"
  } >>"$GITHUB_OUTPUT"
fi
exit "$code"
