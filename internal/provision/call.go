package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// operation is a method of one of the SDK's clients.
type operation[In, Out, Opt any] func(context.Context, *In, ...func(*Opt)) (*Out, error)

// writes completes a change with its call. The SDK and the AWS CLI get the same
// input, the latter as JSON.
func writes[In, Out, Opt any](c Change, op operation[In, Out, Opt], in *In) Change {
	c.Call = actionOf[In]()
	c.CLI = commandLine(serviceOf[In](), c.Call, in)
	c.apply = func(ctx context.Context) error {
		_, err := op(ctx, in)
		return err
	}
	return c
}

// serviceOf is the SDK's package of a call, from the type of its input.
func serviceOf[In any]() string { return path.Base(reflect.TypeFor[In]().PkgPath()) }

// actionOf is the IAM action of a write: the SDK's package and operation have IAM's
// names, but that both APIs of Elastic Load Balancing have one prefix.
func actionOf[In any]() string {
	return strings.TrimSuffix(serviceOf[In](), "v2") + ":" + strings.TrimSuffix(reflect.TypeFor[In]().Name(), "Input")
}

// withDryRun adds EC2's dry run: dry sets DryRun in the input.
func withDryRun[In, Out any](c Change, op operation[In, Out, ec2.Options], in In, dry func(*In)) Change {
	dry(&in)
	c.dryRun = func(ctx context.Context) error {
		_, err := op(ctx, &in)
		return err
	}
	return c
}

// storedIn names the shell variable for the value that the call returns under key.
func (c Change) storedIn(variable, key string) Change {
	c.variable = variable
	c.CLI = append(c.CLI, "--query", key, "--output", "text")
	return c
}

// targetGroupVar and listenerVar are those of a port.
func targetGroupVar(port uint16) string { return fmt.Sprintf("${TARGET_GROUP_%d}", port) }
func listenerVar(port uint16) string    { return fmt.Sprintf("${LISTENER_%d}", port) }

// variableName is the name in a variable's reference.
func variableName(reference string) string { return strings.Trim(reference, "${}") }

// Shell variables that stand for ids that are not known yet.
const (
	frontGroupVar  = "${FRONT_GROUP}"
	backGroupVar   = "${BACK_GROUP}"
	certificateVar = "${CERTIFICATE}"
	balancerVar    = "${LOAD_BALANCER}"
)

// commandLine is the equivalent AWS CLI command: the API's member names are those
// of the SDK's structs.
func commandLine(service, action string, in any) []string {
	_, name, _ := strings.Cut(action, ":")
	switch service {
	case "elasticloadbalancing":
		service = "elb"
	case "elasticloadbalancingv2":
		service = "elbv2"
	case "s3":
		service = "s3api"
	}
	return []string{"aws", service, kebab(name), "--cli-input-json", inputJSON(in)}
}

// inputJSON is an input as JSON, without members that are not set.
func inputJSON(in any) string {
	tree, _ := setMembers(reflect.ValueOf(in))
	raw, err := json.Marshal(tree)
	if err != nil {
		return fmt.Sprintf("%q", err) // cannot happen: a tree of strings and numbers
	}
	return string(raw)
}

// setMembers returns a value of the SDK as a tree; set is false for what is not sent:
// nil, and an enumeration's "". An empty string behind a pointer is a value, such as a
// tag's.
func setMembers(v reflect.Value) (tree any, set bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, false
		}
		tree, _ = setMembers(v.Elem())
		return tree, true
	case reflect.Struct:
		members := map[string]any{}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				if member, set := setMembers(v.Field(i)); set {
					members[field.Name] = member
				}
			}
		}
		return members, true
	case reflect.Slice:
		if v.IsNil() {
			return nil, false
		}
		list := make([]any, 0, v.Len())
		for i := range v.Len() {
			item, _ := setMembers(v.Index(i))
			list = append(list, item)
		}
		return list, true
	case reflect.String:
		return v.String(), v.String() != ""
	}
	return v.Interface(), true
}

// kebab spells an API action as the CLI does: CreateLoadBalancer is
// create-load-balancer, and SSLCertificate ssl-certificate.
func kebab(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		starts := i > 0 && unicode.IsUpper(r) &&
			(unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if starts {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// text dereferences a string of the SDK; "" for nil.
func text(s *string) string { return aws.ToString(s) }
