module github.com/impala-lbcheck/impala-lbcheck/bench

go 1.26.0

require (
	github.com/beltran/gohive v1.8.1
	github.com/impala-lbcheck/impala-lbcheck v0.0.0
)

require (
	github.com/apache/thrift v0.25.0 // indirect
	github.com/beltran/gosasl v1.0.0 // indirect
	github.com/beltran/gssapi v0.0.0-20200324152954-d86554db4bab // indirect
	github.com/go-zookeeper/zk v1.0.4 // indirect
	github.com/jcmturner/aescts/v2 v2.0.0 // indirect
	github.com/jcmturner/gofork v1.7.6 // indirect
	github.com/jcmturner/gokrb5/v8 v8.4.4 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/crypto v0.59.0 // indirect
	golang.org/x/net v0.62.0 // indirect
)

replace github.com/impala-lbcheck/impala-lbcheck => ../
