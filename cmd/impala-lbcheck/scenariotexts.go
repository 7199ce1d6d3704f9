package main

// scenarioTexts is what --help says of the built-in scenarios.
var scenarioTexts = map[string]struct{ short, long, example string }{
	"smoke": {
		"After a deploy: who answers, errors, certificates",
		`Open sessions in order through every address of the balancer, then some together;
ask each who answered; and judge errors, identity, spread and certificates. It
takes about a minute, and further looks only where the first one alarmed.`,
		`  impala-lbcheck smoke impala.example.com --expect-coordinators 5
  impala-lbcheck smoke impala.example.com:21050 --tls --ca-cert corp.pem \
      --auth ldap --user svc-ci --password-file /run/secrets/impala \
      --expect-coordinators coord1,coord2,coord3 --expect-issuer O=Amazon \
      --out smoke.json --out smoke.xml`,
	},
	"spread": {
		"Smoke with the power to see a factor of two",
		`Smoke with 100 sessions per coordinator and a tolerance of a quarter: before
go-live, or where smoke's power is not enough.`,
		`  impala-lbcheck spread impala.example.com --expect-coordinators 5`,
	},
	"capacity": {
		"Will it hold so many sessions?",
		`Open sessions, keep them, and ask each at the end whether it is still there. A held
session runs no statement. With --until-full go on to the first login that gets no
answer, then let all go: the held ones before the one that waits, for a connection
that waits for a thread holds up the next ones even when its client has gone. The
report says what the service holds, what was full, and what it would hold with one
coordinator lost.`,
		`  impala-lbcheck capacity impala.example.com --hold 400 --for 10m --confirm impala.example.com
  impala-lbcheck capacity impala.example.com --until-full --confirm impala.example.com \
      --expect-coordinators coord1,coord2,coord3 --web-port 25000`,
	},
	"query": {
		"A statement of yours on every coordinator",
		`Run a statement twice on every coordinator: SELECT pid() needs no executors, yours
should. A statement that admission control refuses is never blamed on the balancer.`,
		`  impala-lbcheck query impala.example.com --sql 'SELECT count(*) FROM db.t' --expect-coordinators 5`,
	},
	"idle": {
		"Where and how idle connections are cut",
		`Leave sessions alone for 55 s to 605 s, all at the same time, and ask each for a sign
of life: between which times is a connection cut, and how: closed (FIN), reset (RST),
or in silence, where a client hangs until a deadline of its own.`,
		`  impala-lbcheck idle impala.example.com
  impala-lbcheck idle impala.example.com --min-idle 1h --idle-steps 345s,355s,3595s,3605s`,
	},
	"watch": {
		"Steady sessions while you drain, kill or restart one",
		`Open new sessions at a steady pace and keep some long ones, while you, or --on-event,
drain, kill or restart one coordinator: when it is noticed, how many sessions fail and
for how long, what becomes of the old ones, when it is back and how much it gets then.`,
		`  impala-lbcheck watch impala.example.com --watch-for 5m
  impala-lbcheck watch impala.example.com --on-event 'ssh coord3 sudo systemctl stop impala' --max-outage 30s`,
	},
	tlsOnly: {
		"Certificates of every node; needs no login",
		`Shake hands with every address of the balancer, once, and judge what it presents:
issuer, chain, name, validity, version, and whether all nodes present the same.
The connection closes before a byte of SASL or Thrift.`,
		`  impala-lbcheck tls impala.example.com --expect-issuer O=Amazon
  impala-lbcheck tls 10.0.0.7:21050 --server-name impala.example.com --ca-cert corp.pem`,
	},
}
