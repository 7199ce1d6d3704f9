// Package impalaweb reads what a coordinator says of itself on its web pages
// (port 25000, --webserver_port), for programs to weigh beside what clients see.
//
//	view, err := impalaweb.Read(ctx, "coord-a1.example.com:25000", impalaweb.HiveServer2)
//
// The pages are /healthz, /?json, /jsonmetrics?json, /varz?json and
// /backends?json, in the shapes of Impala 4
// (be/src/util/default-path-handlers.cc, be/src/service/impala-http-handler.cc).
// Where a page is missing, forbidden or not what it should be, its part of the
// [View] stays unknown and the error says which and why; the others are read all
// the same.
//
// # What it refuses
//
// It sends GET requests to the host it was given and to no other: no redirect
// is followed, no proxy of the environment is asked, no cookie is kept, and a
// name is resolved by the system alone. A page may have 2 MiB, all pages together
// take 5 seconds at most, and what they say is data of strangers: bounded here,
// and to be neutralised where it is printed.
//
// # What it does not do
//
// HTTPS (--webserver_certificate_file) and passwords (--webserver_password_file,
// SPNEGO): such pages are unknown. Pages that change something are never asked
// for.
package impalaweb
