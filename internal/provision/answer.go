package provision

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Bounds of an answer, and of all pages of a list together. The SDK has none, and makes
// hundreds of bytes of an entry of a list that takes seven.
const (
	maxAnswer  = 16 << 20
	maxEntries = 50_000 // of lists
	maxDepth   = 64
)

// checkAnswers has the clients of a configuration read every answer within bounds, and
// refuse one that is none of the call: the SDK takes any document, and no document, for a
// list without elements. So an answer that was cut short, or the page of a proxy, would say
// that there is nothing.
func checkAnswers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("CheckAnswer", checkAnswer), middleware.After)
}

func checkAnswer(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	watched, stop := watchHops(ctx)
	out, metadata, err := next.HandleDeserialize(watched, in)
	answer, is := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !is {
		stop()
		return out, metadata, cmp.Or(redirected(watched), err)
	}
	call := answered{service: middleware.GetServiceID(ctx), operation: middleware.GetOperationName(ctx), done: answer.StatusCode < http.StatusMultipleChoices}
	if call.isStream() {
		answer.Body = stream{answer.Body, stop}
		return out, metadata, nil
	}
	defer stop()
	budget := budgetOf(ctx)
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(budget.bytes)+1))
	err = errors.Join(err, answer.Body.Close())
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body)) // the SDK allocates what a length says
	if err == nil {
		entries, none := call.check(body, budget.entries)
		err = cmp.Or(budget.take(len(body), entries), none)
	}
	return out, metadata, err
}

// stream is a body that is read after its call.
type stream struct {
	io.ReadCloser
	stop func()
}

func (s stream) Close() error {
	defer s.stop()
	return s.ReadCloser.Close()
}

// answerBudget is what is left of the bounds.
type answerBudget struct{ bytes, entries int }

func newBudget() *answerBudget { return &answerBudget{maxAnswer, maxEntries} }

type budgetKey struct{}

// budgetOf is the budget of a list, or that of one answer.
func budgetOf(ctx context.Context) *answerBudget {
	if list, is := ctx.Value(budgetKey{}).(*answerBudget); is {
		return list
	}
	return newBudget()
}

// take takes an answer from the budget.
func (b *answerBudget) take(size, entries int) error {
	switch b.bytes, b.entries = b.bytes-size, b.entries-entries; {
	case b.bytes < 0:
		return &answerError{fmt.Sprintf("the answer is longer than %d MiB", maxAnswer>>20)}
	case b.entries < 0:
		return &answerError{fmt.Sprintf("the answer has more than %d entries", maxEntries)}
	}
	return nil
}

// answerError reports an answer that is none of the call, or is beyond the bounds.
type answerError struct{ text string }

func (e *answerError) Error() string {
	return e.text + "; is it AWS that answers? Check AWS_ENDPOINT_URL, and the proxy that HTTPS_PROXY names"
}

// isStream is whether an answer is as long as what was asked for, and read as it comes.
func (a answered) isStream() bool { return a.service == "S3" && a.operation == "GetObject" && a.done }

// answerOptions are for every client.
var answerOptions = []func(*middleware.Stack) error{checkAnswers}
