package awssim

import "time"

// stsOperations need no permission.
var stsOperations = map[string]operation{
	"GetCallerIdentity": answers("", (*region).callerIdentity, encodeIdentity),
	"AssumeRole":        answers("sts:AssumeRole", (*region).assumeRole, encodeSession),
}

func stsSuccess(action string, answer any) []byte {
	return querySuccess("https://sts.amazonaws.com/doc/2011-06-15/", action, answer)
}

func (r *region) callerIdentity(struct{}) (string, error) { return callerARN, nil }

func encodeIdentity(arn string) any {
	return parts{element{"Arn", arn}, element{"UserId", "AIDAEXAMPLE"}, element{"Account", Account}}
}

type assumeRole struct {
	RoleArn         string
	RoleSessionName string
	SerialNumber    string
	TokenCode       string
	DurationSeconds int32
}

// assumeRole demands a code of six digits where a device is named.
func (r *region) assumeRole(in assumeRole) (time.Duration, error) {
	if in.SerialNumber != "" && len(in.TokenCode) != 6 {
		return 0, refuseAs(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
	}
	return time.Duration(in.DurationSeconds) * time.Second, nil
}

type xmlSession struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }

func encodeSession(lasts time.Duration) any {
	return element{"Credentials", xmlSession{"ASIAEXAMPLE", "secret", "token", time.Now().Add(lasts).UTC().Format(time.RFC3339)}}
}
