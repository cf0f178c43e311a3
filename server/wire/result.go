package wire

import "fmt"

// ResultCode is an LDAP result code (RFC 4511 section 4.1.9 and appendix A).
type ResultCode int

const (
	Success                      ResultCode = 0
	OperationsError              ResultCode = 1
	ProtocolError                ResultCode = 2
	TimeLimitExceeded            ResultCode = 3
	SizeLimitExceeded            ResultCode = 4
	CompareFalse                 ResultCode = 5
	CompareTrue                  ResultCode = 6
	AuthMethodNotSupported       ResultCode = 7
	StrongerAuthRequired         ResultCode = 8
	Referral                     ResultCode = 10
	AdminLimitExceeded           ResultCode = 11
	UnavailableCriticalExtension ResultCode = 12
	ConfidentialityRequired      ResultCode = 13
	SaslBindInProgress           ResultCode = 14
	NoSuchAttribute              ResultCode = 16
	UndefinedAttributeType       ResultCode = 17
	InappropriateMatching        ResultCode = 18
	ConstraintViolation          ResultCode = 19
	AttributeOrValueExists       ResultCode = 20
	InvalidAttributeSyntax       ResultCode = 21
	NoSuchObject                 ResultCode = 32
	AliasProblem                 ResultCode = 33
	InvalidDNSyntax              ResultCode = 34
	AliasDereferencingProblem    ResultCode = 36
	InappropriateAuthentication  ResultCode = 48
	InvalidCredentials           ResultCode = 49
	InsufficientAccessRights     ResultCode = 50
	Busy                         ResultCode = 51
	Unavailable                  ResultCode = 52
	UnwillingToPerform           ResultCode = 53
	LoopDetect                   ResultCode = 54
	NamingViolation              ResultCode = 64
	ObjectClassViolation         ResultCode = 65
	NotAllowedOnNonLeaf          ResultCode = 66
	NotAllowedOnRDN              ResultCode = 67
	EntryAlreadyExists           ResultCode = 68
	ObjectClassModsProhibited    ResultCode = 69
	AffectsMultipleDSAs          ResultCode = 71
	Other                        ResultCode = 80
	Canceled                     ResultCode = 118 // RFC 3909
	NoSuchOperation              ResultCode = 119
	TooLate                      ResultCode = 120
	CannotCancel                 ResultCode = 121
	AssertionFailed              ResultCode = 122 // RFC 4528
	AuthorizationDenied          ResultCode = 123 // RFC 4370
	SyncRefreshRequired          ResultCode = 4096
)

// Result is the LDAPResult part of a response.
type Result struct {
	Code      ResultCode
	MatchedDN string
	Text      string   // diagnosticMessage
	Referrals []string // sent when Code is Referral, or when a plug-in gave some
}

// Error is a Result that travels as a Go error. Every layer below the pipeline
// that must choose a result code returns one; whatever else is an error
// becomes code other.
type Error struct{ Result }

func (e *Error) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("LDAP result %d", e.Code)
	}
	return fmt.Sprintf("LDAP result %d: %s", e.Code, e.Text)
}

// Errorf makes an *Error with a formatted diagnostic message.
func Errorf(code ResultCode, format string, args ...any) *Error {
	return &Error{Result{Code: code, Text: fmt.Sprintf(format, args...)}}
}
