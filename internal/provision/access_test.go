package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// awsConfigured sets the environment to files of the AWS CLI with the text as its
// configuration, and to the simulated AWS.
func awsConfigured(t *testing.T, c *cluster, text string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"config": text, "credentials": "[base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{
		"HOME": dir, "AWS_CONFIG_FILE": filepath.Join(dir, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials"),
		"AWS_ENDPOINT_URL": c.URL(), "AWS_ENDPOINT_URL_STS": c.URL(), // the SDK assumes roles with the second alone
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_MAX_ATTEMPTS": "", "AWS_RETRY_MODE": "",
	} {
		t.Setenv(key, value)
	}
}

const mfaProfile = `[profile ops]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
`

func TestOpen_AsksForTheCodeOfAnMFADevice(t *testing.T) {
	c := newCluster(t, awssim.Config{})
	awsConfigured(t, c, mfaProfile)
	asked := 0
	cloud, err := Open(t.Context(), Access{Profile: "ops", MFACode: func(device string) (string, error) {
		asked++
		if device != "arn:aws:iam::123456789012:mfa/me" {
			t.Errorf("device %s", device)
		}
		return "123456", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := MakePlan(t.Context(), cloud, plainFile(t)); err != nil || cloud.Region != "us-east-1" {
		t.Errorf("in %s: %v", cloud.Region, err)
	}
	first := c.Calls()[0]
	if first.Name != "AssumeRole" || first.Params["TokenCode"] != "123456" || first.Params["DurationSeconds"] != "3600" || asked != 1 {
		t.Errorf("asked %d times, first call %+v", asked, first)
	}
}

func TestOpen_SaysWhatTheConfigurationLacks(t *testing.T) {
	for name, tc := range map[string]struct{ config, profile, says string }{
		"a device, and nobody to ask": {mfaProfile, "ops", "the profile needs a code of an MFA device (mfa_serial), and nobody can be asked for it here"},
		"SSO without a session": {
			"[profile sso]\nregion = us-east-1\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ops\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.example.com/start\n",
			"sso", "there is no SSO session, or it has expired: run `aws sso login --profile sso`",
		},
		"SSO of old without a session": {
			"[profile sso]\nregion = us-east-1\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.example.com/start\nsso_account_id = 123456789012\nsso_role_name = ops\n",
			"sso", "run `aws sso login --profile sso`",
		},
		"the profile": {"", "ops", "failed to get shared config profile, ops"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, awssim.Config{})
			awsConfigured(t, c, tc.config)
			cloud, err := Open(t.Context(), Access{Profile: tc.profile})
			if err == nil {
				_, err = MakePlan(t.Context(), cloud, plainFile(t))
			}
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %q", err, tc.says)
			}
		})
	}
}

func TestOpen_TriesAsOftenAsConfigured(t *testing.T) {
	for name, tc := range map[string]struct {
		variable string
		want     int
	}{"as usual": {"", 5}, "once": {"1", 1}, "ten times": {"10", 10}} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, awssim.Config{})
			awsConfigured(t, c, "")
			t.Setenv("AWS_MAX_ATTEMPTS", tc.variable)
			cloud, err := Open(t.Context(), Access{Region: "us-east-1"})
			if err != nil {
				t.Fatal(err)
			}
			if got := cloud.EC2.Options().Retryer.MaxAttempts(); got != tc.want {
				t.Errorf("%d attempts, want %d", got, tc.want)
			}
		})
	}
}
