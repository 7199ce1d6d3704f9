package scenarios

import "time"

// Default returns smoke's settings, without its name: what a scenario file
// leaves out is as here.
func Default() Scenario {
	return Scenario{
		Target: Target{Protocol: HS2, DNS: DNSAll},
		Auth:   Auth{Mechanism: None},
		TLS:    TLSConfig{MinVersion: "1.2"},
		Load: LoadConfig{
			Burst: 16, BurstHold: Duration(time.Second), Concurrency: 16, Rate: 10,
			SettleEvery: Duration(5 * time.Second), Timeout: Duration(10 * time.Second),
		},
		Expect: Expect{
			Balance: ExpectBalance{Policy: AutoPolicy, Alpha: 0.001, Tolerance: 0.5},
			TLS:     ExpectTLS{DaysLeft: 7},
		},
	}
}
