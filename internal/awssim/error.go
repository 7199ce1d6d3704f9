package awssim

import "fmt"

// ServiceError is an answer that refuses.
type ServiceError struct {
	Code    string // as the service spells it: "InvalidGroup.Duplicate"
	Message string
	Status  int // of HTTP
}

func (e *ServiceError) Error() string { return e.Code + ": " + e.Message }

// refuse is a ServiceError with status 400, which most have.
func refuse(code, format string, args ...any) *ServiceError {
	return &ServiceError{Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

// refuseAs is a ServiceError with a status of its own.
func refuseAs(status int, code, format string, args ...any) *ServiceError {
	return &ServiceError{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

// notSimulated refuses what AWS can do and this cannot, so that no test
// believes it was done.
func notSimulated(what string) *ServiceError {
	return refuse("NotSimulated", "internal/awssim does not simulate %s", what)
}
