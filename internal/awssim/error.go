package awssim

import "fmt"

// ServiceError is an error response.
type ServiceError struct {
	Code    string // the service's code: "InvalidGroup.Duplicate"
	Message string
	Status  int // of HTTP
}

func (e *ServiceError) Error() string { return e.Code + ": " + e.Message }

// refuse is a ServiceError with status 400, which most have.
func refuse(code, format string, args ...any) *ServiceError {
	return &ServiceError{Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

// refuseAs is a ServiceError with the given status.
func refuseAs(status int, code, format string, args ...any) *ServiceError {
	return &ServiceError{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

// notSimulated refuses what AWS supports and this simulation does not, so that no
// test passes by it.
func notSimulated(what string) *ServiceError {
	return refuse("NotSimulated", "internal/awssim does not simulate %s", what)
}
