package awssim

// stsOperations need no permission.
var stsOperations = map[string]operation{
	"GetCallerIdentity": answers("", (*region).callerIdentity, encodeIdentity),
}

func stsSuccess(action string, answer any) []byte {
	return querySuccess("https://sts.amazonaws.com/doc/2011-06-15/", action, answer)
}

func (r *region) callerIdentity(struct{}) (string, error) { return callerARN, nil }

func encodeIdentity(arn string) any {
	return parts{element{"Arn", arn}, element{"UserId", "AIDAEXAMPLE"}, element{"Account", Account}}
}
