package wire

import (
	"errors"
	"fmt"
	"strconv"

	"libslapi/server/ber"
)

// DecodeError says why a PDU is not a request of RFC 4511.
type DecodeError struct {
	MessageID int32 // 0 when it could not be read
	Op        int   // identifier octet of the request, 0 when it could not be read
	Offset    int   // where in the PDU
	Reason    string
	// Answerable is true when the encoding is sound and only a field has a
	// value that the protocol does not know: the operation is answered with
	// Code and the session goes on. Otherwise the session has to end with a
	// notice of disconnection (RFC 4511 section 4.1.1).
	Answerable bool
	Code       ResultCode
}

func (e *DecodeError) Error() string {
	if e.Op != 0 {
		return fmt.Sprintf("message %d, request 0x%02x, offset %d: %s", e.MessageID, e.Op, e.Offset, e.Reason)
	}
	return fmt.Sprintf("message %d, offset %d: %s", e.MessageID, e.Offset, e.Reason)
}

// fromBER turns the error of a ber.Cursor into a *DecodeError.
func fromBER(err error, id int32, op int) *DecodeError {
	e := &DecodeError{MessageID: id, Op: op, Code: ProtocolError, Reason: err.Error()}
	var at *ber.Error
	if errors.As(err, &at) {
		e.Offset, e.Reason = at.Offset, at.Reason
	}
	return e
}

// ResponseTag is the tag of the response that ends a request with the given
// tag; 0 for requests without one.
func ResponseTag(request int) int {
	switch request {
	case TagBindRequest, TagModifyRequest, TagAddRequest, TagModifyDNRequest, TagCompareRequest, TagExtendedRequest:
		return request + 1
	case TagSearchRequest:
		return TagSearchResultDone
	case TagDelRequest:
		return TagDelResponse
	}
	return 0
}

// String is the name of RFC 4511 appendix A (or of the RFC that defined the
// code), "resultCode(N)" for an unknown one.
func (r ResultCode) String() string {
	if s, ok := resultNames[r]; ok {
		return s
	}
	return "resultCode(" + strconv.Itoa(int(r)) + ")"
}

var resultNames = map[ResultCode]string{
	Success:                      "success",
	OperationsError:              "operationsError",
	ProtocolError:                "protocolError",
	TimeLimitExceeded:            "timeLimitExceeded",
	SizeLimitExceeded:            "sizeLimitExceeded",
	CompareFalse:                 "compareFalse",
	CompareTrue:                  "compareTrue",
	AuthMethodNotSupported:       "authMethodNotSupported",
	StrongerAuthRequired:         "strongerAuthRequired",
	Referral:                     "referral",
	AdminLimitExceeded:           "adminLimitExceeded",
	UnavailableCriticalExtension: "unavailableCriticalExtension",
	ConfidentialityRequired:      "confidentialityRequired",
	SaslBindInProgress:           "saslBindInProgress",
	NoSuchAttribute:              "noSuchAttribute",
	UndefinedAttributeType:       "undefinedAttributeType",
	InappropriateMatching:        "inappropriateMatching",
	ConstraintViolation:          "constraintViolation",
	AttributeOrValueExists:       "attributeOrValueExists",
	InvalidAttributeSyntax:       "invalidAttributeSyntax",
	NoSuchObject:                 "noSuchObject",
	AliasProblem:                 "aliasProblem",
	InvalidDNSyntax:              "invalidDNSyntax",
	AliasDereferencingProblem:    "aliasDereferencingProblem",
	InappropriateAuthentication:  "inappropriateAuthentication",
	InvalidCredentials:           "invalidCredentials",
	InsufficientAccessRights:     "insufficientAccessRights",
	Busy:                         "busy",
	Unavailable:                  "unavailable",
	UnwillingToPerform:           "unwillingToPerform",
	LoopDetect:                   "loopDetect",
	NamingViolation:              "namingViolation",
	ObjectClassViolation:         "objectClassViolation",
	NotAllowedOnNonLeaf:          "notAllowedOnNonLeaf",
	NotAllowedOnRDN:              "notAllowedOnRDN",
	EntryAlreadyExists:           "entryAlreadyExists",
	ObjectClassModsProhibited:    "objectClassModsProhibited",
	AffectsMultipleDSAs:          "affectsMultipleDSAs",
	Other:                        "other",
	Canceled:                     "canceled",
	NoSuchOperation:              "noSuchOperation",
	TooLate:                      "tooLate",
	CannotCancel:                 "cannotCancel",
	AssertionFailed:              "assertionFailed",
	AuthorizationDenied:          "authorizationDenied",
	SyncRefreshRequired:          "e-syncRefreshRequired",
}
