// Package impalaweb reads the state of a coordinator from its web pages (port
// 25000, --webserver_port).
//
//	view, err := impalaweb.Read(ctx, "coord-a1.example.com:25000", impalaweb.ServerHiveServer2, impalaweb.Access{})
//
// The pages are /healthz, /?json, /jsonmetrics?json, /varz?json and
// /backends?json, in the shapes of Impala 4
// (be/src/util/default-path-handlers.cc, be/src/service/impala-http-handler.cc).
// If a page is missing, forbidden or invalid, its part of the [View] is unknown
// and the error names the page and the cause; the other pages are still read.
//
// # Limits
//
// It sends GET requests to the given host only, and one TLS handshake where a server
// does not understand plain HTTP, to say so: it follows no redirects, ignores
// proxy variables of the environment and keeps no cookies. A page may have 2 MiB,
// and all pages together may take 5 seconds. The content is untrusted: its size is
// limited here, and it must be escaped where it is printed.
//
// # HTTPS and logins
//
// An [Access] has them. Certificates are verified by the host of the address
// (--webserver_certificate_file). A password is sent by Digest
// (--webserver_password_file), or by Basic (--webserver_require_ldap) over HTTPS, and
// only when the server asks for it; one that was rejected is not sent again.
//
// # What is not supported
//
// SPNEGO, cookies and tokens. Pages that change state are never requested.
package impalaweb
