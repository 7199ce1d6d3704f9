package awssim

// operation answers one kind of call.
type operation struct {
	needs   string // the IAM action; "": none
	tagging string // the IAM action that tags in the request need as well
	prepare func(decoder) (prepared, error)
}

// decoder fills a request's parameters in.
type decoder func(into any) error

// prepared is a call with decoded parameters.
type prepared struct {
	tags bool // the request carries some
	dry  bool // DryRun
	run  func(*region) (any, error)
}

// answers combines an operation with its encoding. do does not depend on HTTP, and
// tell only encodes.
func answers[In, Out any](needs string, do func(*region, In) (Out, error), tell func(Out) any) operation {
	return operation{needs: needs, prepare: func(decode decoder) (prepared, error) {
		var in In
		if err := decode(&in); err != nil {
			return prepared{}, err
		}
		p := prepared{run: func(r *region) (any, error) {
			out, err := do(r, in)
			if err != nil {
				return nil, err
			}
			return tell(out), nil
		}}
		if t, ok := any(in).(interface{ carriesTags() bool }); ok {
			p.tags = t.carriesTags()
		}
		if d, ok := any(in).(interface{ isDryRun() bool }); ok {
			p.dry = d.isDryRun()
		}
		return p, nil
	}}
}

// withTags sets the IAM action that tags at creation need.
func (o operation) withTags(action string) operation {
	o.tagging = action
	return o
}

// call records one request, checks its permission and answers it.
func (a *AWS) call(c Call, op operation, decode decoder) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := op.prepare(decode)
	if op.needs != "" {
		c.Needs = append(c.Needs, op.needs)
	}
	if p.tags && op.tagging != "" {
		c.Needs = append(c.Needs, op.tagging)
	}
	c.DryRun = p.dry
	c.Write = !reads(c.Name) && !p.dry
	a.calls = append(a.calls, c)
	answer, err := a.answer(&c, p, err)
	if err != nil {
		a.calls[len(a.calls)-1].Code = asServiceError(err).Code
	}
	return answer, err
}

func (a *AWS) answer(c *Call, p prepared, undecoded error) (any, error) {
	if undecoded != nil {
		return nil, undecoded
	}
	if err := a.checkPermission(c); err != nil {
		return nil, err
	}
	if p.dry {
		return nil, refuseAs(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
	}
	return p.run(a.region(c.Region))
}
