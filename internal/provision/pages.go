package provision

import (
	"context"
	"fmt"
	"reflect"
	"strings"
)

// maxPages bounds a list, whose pages may have no elements.
const maxPages = 1000

// Paginator is a list of the SDK's.
type Paginator[Out, Opt any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Opt)) (*Out, error)
}

// EachPage reads a list to its end. What all pages say together is bounded as one answer
// is, and a list without an end is an error: the part of it that was read would say that
// the rest is not there.
func EachPage[Out, Opt any](ctx context.Context, list Paginator[Out, Opt], use func(*Out)) error {
	ctx = context.WithValue(ctx, budgetKey{}, newBudget())
	for n := 0; list.HasMorePages(); n++ {
		if n == maxPages {
			action := strings.TrimSuffix(serviceOf[Out](), "v2") + ":" + strings.TrimSuffix(reflect.TypeFor[Out]().Name(), "Output")
			return &CallError{Action: action, Err: &answerError{fmt.Sprintf("the list does not end: it has more than %d pages", maxPages)}}
		}
		page, err := list.NextPage(ctx)
		if err != nil {
			return err
		}
		use(page)
	}
	return nil
}
