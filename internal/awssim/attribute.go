package awssim

// Attributes are a balancer's. Seconds, and minutes for the access log.
type Attributes struct {
	IdleTimeout  int32
	CrossZone    bool
	Draining     bool
	DrainTimeout int32
	AccessLog    AccessLog
}

// AccessLog is the destination of a balancer's access log.
type AccessLog struct {
	Enabled bool
	Bucket  string
	Prefix  string
	Every   int32 // minutes: 5 or 60
}

func defaultAttributes() Attributes {
	return Attributes{IdleTimeout: 60, DrainTimeout: 300, AccessLog: AccessLog{Every: 60}}
}

type attributesIn struct {
	ConnectionSettings     *struct{ IdleTimeout *int32 }
	CrossZoneLoadBalancing *struct{ Enabled bool }
	ConnectionDraining     *struct {
		Enabled bool
		Timeout *int32
	}
	AccessLog *struct {
		Enabled        bool
		S3BucketName   string
		S3BucketPrefix string
		EmitInterval   *int32
	}
}

type modifyAttributes struct {
	LoadBalancerName       string
	LoadBalancerAttributes attributesIn
}

func (r *region) describeAttributes(in named) (*Balancer, error) {
	return r.balancer(in.LoadBalancerName)
}

// modifyAttributes changes the blocks that are given, all or none.
func (r *region) modifyAttributes(in modifyAttributes) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	next := b.Attributes
	if err := in.LoadBalancerAttributes.into(&next); err != nil {
		return nil, err
	}
	if in.LoadBalancerAttributes.AccessLog != nil && next.AccessLog.Enabled {
		if err := r.startLog(b, next.AccessLog); err != nil {
			return nil, err
		}
	}
	b.Attributes = next
	return b, nil
}

func (in attributesIn) into(a *Attributes) error {
	if s := in.ConnectionSettings; s != nil {
		if s.IdleTimeout == nil {
			return refuse("ValidationError", "ConnectionSettings.IdleTimeout is required")
		}
		if err := between("loadBalancerAttributes.connectionSettings.idleTimeout", *s.IdleTimeout, 1, 4000); err != nil {
			return err
		}
		a.IdleTimeout = *s.IdleTimeout
	}
	if c := in.CrossZoneLoadBalancing; c != nil {
		a.CrossZone = c.Enabled
	}
	if err := in.drain(a); err != nil {
		return err
	}
	return in.log(a)
}

func (in attributesIn) drain(a *Attributes) error {
	d := in.ConnectionDraining
	if d == nil {
		return nil
	}
	if d.Timeout != nil {
		if !d.Enabled { // guess: undocumented, but Terraform's provider found that the timeout goes only with it
			return refuseAs(409, "InvalidConfigurationRequest", "ConnectionDraining.Timeout cannot be set while draining is off")
		}
		if err := between("loadBalancerAttributes.connectionDraining.timeout", *d.Timeout, 1, 3600); err != nil {
			return err
		}
		a.DrainTimeout = *d.Timeout
	}
	a.Draining = d.Enabled
	return nil
}

func (in attributesIn) log(a *Attributes) error {
	l := in.AccessLog
	if l == nil {
		return nil
	}
	a.AccessLog.Enabled = l.Enabled
	if l.EmitInterval != nil {
		if *l.EmitInterval != 5 && *l.EmitInterval != 60 { // guess: the code; the two values are documented
			return refuse("ValidationError", "AccessLog.EmitInterval is 5 or 60")
		}
		a.AccessLog.Every = *l.EmitInterval
	}
	if l.S3BucketName != "" {
		a.AccessLog.Bucket, a.AccessLog.Prefix = l.S3BucketName, l.S3BucketPrefix
	}
	if l.Enabled && a.AccessLog.Bucket == "" {
		return refuse("ValidationError", "AccessLog.S3BucketName is required where it is enabled")
	}
	return nil
}

// between checks a number and refuses it with AWS's message.
func between(path string, n, low, high int32) error {
	switch {
	case n < low:
		return refuse("ValidationError", "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", n, path, low)
	case n > high:
		return refuse("ValidationError", "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", n, path, high)
	}
	return nil
}
