//go:build linux

package main

// doctorCase is a mismatch between what our client asks for and what a product does, and
// the cause that doctor must name. A balancer's lines say what it does: those of HAProxy
// are of one "listen" section, those of nginx of one "server" block, after the address.
type doctorCase struct {
	cause   string
	wrong   string   // what is wrong, for docs/doctor.md
	flags   []string // of doctor
	exit    int      // 0: 1
	haproxy []string
	nginx   string
	http    bool // nginx serves HTTP there; otherwise it passes a stream on
}

// Lines that several cases have.
const (
	toPlain    = "server {plain}"
	nginxPlain = "; proxy_pass {plain};"
	nginxTLS   = " ssl; ssl_certificate {good}; ssl_certificate_key {good}; proxy_pass {plain};"
	nginxHTTPS = " ssl; ssl_certificate {good}; ssl_certificate_key {good};"
)

var (
	trusting   = []string{"--ca-cert", "{root}", "--server-name", lbName}
	asLDAP     = []string{"--auth", "ldap", "--user", ldapUser, "--password-file", "{password}", "--allow-cleartext-auth"}
	overHTTP   = []string{"--protocol", "hs2-http"}
	ldapByHTTP = append(append([]string{}, overHTTP...), asLDAP...)
)

// doctorCases are mismatches that both balancers can make, and some of one of them.
var doctorCases = []doctorCase{
	{cause: "needs-tls", wrong: "the balancer ends TLS, and the client speaks without", flags: append([]string{"--tls=false"}, trusting...),
		haproxy: []string{"bind ssl crt {good}", toPlain}, nginx: nginxTLS},
	{cause: "not-tls", wrong: "the balancer passes on what is no TLS, and the client speaks TLS", flags: []string{"--tls"},
		haproxy: []string{toPlain}, nginx: nginxPlain},
	{cause: "no-login", wrong: "the coordinators want no login, and the client logs in", flags: asLDAP,
		haproxy: []string{toPlain}, nginx: nginxPlain},
	{cause: "other-protocol", wrong: "the balancer's Beeswax port leads to the HiveServer2 port", flags: []string{"--protocol", "beeswax"},
		haproxy: []string{toPlain}, nginx: nginxPlain},
	{cause: "binary-on-http-port", wrong: "the balancer's HTTP port leads to the binary port", flags: overHTTP,
		haproxy: []string{toPlain}, nginx: nginxPlain},
	{cause: "http-on-binary-port", wrong: "the balancer's binary port is a listener for HTTP", flags: []string{"--protocol", "hs2"},
		haproxy: []string{"mode http", "http-request return status 200"}, nginx: "; return 200;", http: true},
	{cause: "expired", wrong: "the balancer sends an intermediate certificate that has expired", flags: trusting,
		haproxy: []string{"bind ssl crt {expired}", toPlain}, nginx: " ssl; ssl_certificate {expired}; ssl_certificate_key {expired}; proxy_pass {plain};"},
	{cause: "incomplete-chain", wrong: "the balancer sends its certificate without the intermediate", flags: trusting,
		haproxy: []string{"bind ssl crt {no-chain}", toPlain}, nginx: " ssl; ssl_certificate {no-chain}; ssl_certificate_key {no-chain}; proxy_pass {plain};"},
	{cause: "unknown-ca", wrong: "the client trusts another root", flags: []string{"--ca-cert", "{unrelated}", "--server-name", lbName},
		haproxy: []string{"bind ssl crt {good}", toPlain}, nginx: nginxTLS},
	{cause: "wrong-name", wrong: "the certificate is for another name than the client's", flags: []string{"--ca-cert", "{root}", "--server-name", "other.example.com"},
		haproxy: []string{"bind ssl crt {good}", toPlain}, nginx: nginxTLS},
	{cause: "policy", wrong: "the certificate is of another issuer than was asked for", flags: append([]string{"--expect-issuer", goodIssuer}, trusting...),
		haproxy: []string{"bind ssl crt {other}", toPlain}, nginx: " ssl; ssl_certificate {other}; ssl_certificate_key {other}; proxy_pass {plain};"},
	{cause: "client-certificate", wrong: "the balancer demands a client certificate", flags: trusting,
		haproxy: []string{"bind ssl crt {good} verify required ca-file {root}", toPlain}},
	{cause: "client-certificate-asked", wrong: "the balancer demands a client certificate, and says nothing (TLS 1.3)", flags: trusting,
		nginx: " ssl; ssl_certificate {good}; ssl_certificate_key {good}; ssl_protocols TLSv1.3; ssl_verify_client on; ssl_client_certificate {root}; proxy_pass {plain};"},
	{cause: "old-tls", wrong: "the balancer speaks TLS 1.1 at the most", flags: trusting,
		haproxy: []string{"bind ssl crt {good} ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.1 ciphers DEFAULT@SECLEVEL=0", toPlain},
		nginx:   " ssl; ssl_certificate {good}; ssl_certificate_key {good}; ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0; proxy_pass {plain};"},
	{cause: "no-common-cipher", wrong: "the balancer has cipher suites only that the client does not have", flags: trusting,
		haproxy: []string{"bind ssl crt {good} ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-CCM:DHE-RSA-AES256-GCM-SHA384", toPlain},
		nginx:   " ssl; ssl_certificate {good}; ssl_certificate_key {good}; ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES256-CCM:DHE-RSA-AES256-GCM-SHA384; proxy_pass {plain};"},
	{cause: "server-name", wrong: "the balancer has no certificate for the name that the client asks for", flags: []string{"--ca-cert", "{root}", "--server-name", "other.example.com"},
		haproxy: []string{"bind ssl crt {good} strict-sni", toPlain}, nginx: " ssl; ssl_reject_handshake on;", http: true},
	{cause: "proxy-header-wanted", wrong: "the listener expects a PROXY header", haproxy: []string{"bind accept-proxy", toPlain}, nginx: " proxy_protocol" + nginxPlain},
	{cause: "closed-at-once", wrong: "no coordinator of the balancer is up", haproxy: []string{"server {dead}"}, nginx: "; proxy_pass {dead};"},
	{cause: "closed-at-once", wrong: "the balancer sends a PROXY header to a coordinator", haproxy: []string{toPlain + " send-proxy"}, nginx: "; proxy_protocol on; proxy_pass {plain};"},
	{cause: "mute", wrong: "the coordinator takes connections and hangs", haproxy: []string{"server {hung}"}, nginx: "; proxy_pass {hung};"},
	{cause: "no-path", wrong: "the gateway has no such path", flags: overHTTP,
		haproxy: []string{"mode http", "http-request return status 404"}, nginx: "; return 404;", http: true},
	{cause: "redirect", wrong: "the gateway sends clients to a login page", flags: overHTTP,
		haproxy: []string{"mode http", "http-request redirect location https://sso.example.com/"}, nginx: "; return 302 https://sso.example.com/;", http: true},
	{cause: "unavailable", wrong: "the gateway reaches no coordinator, and says 503", flags: overHTTP,
		haproxy: []string{"mode http", "server {dead}"}, nginx: "; return 503;", http: true},
	{cause: "http-status", wrong: "the gateway fails", flags: overHTTP,
		haproxy: []string{"mode http", "http-request return status 500"}, nginx: "; location / { proxy_pass http://{dead}; }", http: true},
	{cause: "not-impala", wrong: "the gateway answers with a web page", flags: overHTTP,
		haproxy: []string{"mode http", "http-request return status 200 content-type text/html string <html></html>"},
		nginx:   "; default_type text/html; return 200 <html></html>;", http: true},
	{cause: "unauthorized", wrong: "the gateway forbids it", flags: ldapByHTTP,
		haproxy: []string{"mode http", "http-request deny"}, nginx: "; return 403;", http: true},
	{cause: "no-credentials", wrong: "the gateway drops the login on the way", flags: ldapByHTTP,
		haproxy: []string{"mode http", "http-request del-header Authorization", "server {login-http} ssl verify none"},
		nginx:   "; location / { proxy_http_version 1.1; proxy_set_header Authorization \"\"; proxy_pass https://{login-http}; }", http: true},
	{cause: "needs-tls", wrong: "the gateway's HTTPS port, and the client speaks HTTP", flags: append(append([]string{"--tls=false"}, overHTTP...), trusting...),
		haproxy: []string{"mode http", "bind ssl crt {good}", "server {open-http}"},
		nginx:   nginxHTTPS + " location / { proxy_http_version 1.1; proxy_pass http://{open-http}; }", http: true},
	{cause: "no-path", wrong: "the gateway has no such path, over HTTPS", flags: append(append([]string{"--tls"}, overHTTP...), trusting...),
		haproxy: []string{"mode http", "bind ssl crt {good}", "http-request return status 404"}, nginx: nginxHTTPS + " return 404;", http: true},
	{cause: "time-limit", wrong: "the coordinator hangs, and the balancer has a time limit",
		haproxy: []string{"timeout client 1s", "timeout server 1s", "server {hung}"}, nginx: "; proxy_timeout 1s; proxy_pass {hung};"},
	{cause: "time-limit", wrong: "the balancer's time limit is shorter than the coordinator takes", flags: []string{"--timeout", "4s"},
		haproxy: []string{"timeout client 1s", "timeout server 1s", "server {slow}"}, nginx: "; proxy_timeout 1s; proxy_pass {slow};"},
}
