// Package wire holds the LDAP messages of RFC 4511 as Go values, their decoder
// and their encoders. It knows BER and nothing of schema, names or filters:
// DNs and attribute descriptions are the strings that the client sent, a
// search filter is the raw BER element.
package wire

import "strings"

// Request is one protocol operation that a client can send.
type Request interface{ isRequest() }

// Message is the LDAPMessage envelope of a request.
type Message struct {
	ID       int32
	Op       Request
	Controls []Control
}

// Control is one element of the Controls of a message (RFC 4511 section 4.1.11).
// HasValue tells an absent controlValue from an empty one.
type Control struct {
	OID      string
	Critical bool
	HasValue bool
	Value    []byte
}

// Attribute is a partial attribute: a description and its values, as sent.
type Attribute struct {
	Type   string
	Values [][]byte
}

// Authentication choices of a BindRequest: the context tag as an int, as
// SLAPI_BIND_METHOD shows them.
const (
	AuthSimple = 0x80
	AuthSASL   = 0xa3
)

type BindRequest struct {
	Version        int
	Name           string
	Method         int // AuthSimple or AuthSASL
	Password       []byte
	Mechanism      string
	HasCredentials bool
	Credentials    []byte
}

type UnbindRequest struct{}

// Scope of a search (RFC 4511 section 4.5.1.2; 3 is the subordinate scope of
// draft-sermersheim-ldap-subordinate-scope, which OpenLDAP serves too).
type Scope int

const (
	ScopeBase     Scope = 0
	ScopeOne      Scope = 1
	ScopeSub      Scope = 2
	ScopeChildren Scope = 3
)

// ScopeNamed reads the scope of an LDAP URL in any case (RFC 4516 section 2, and
// the longer words that slapd takes). ok is false for an unknown word; the empty
// word is not one, as what it stands for depends on the URL's place.
func ScopeNamed(word string) (scope Scope, ok bool) {
	switch strings.ToLower(word) {
	case "base":
		return ScopeBase, true
	case "one", "onelevel":
		return ScopeOne, true
	case "sub", "subtree":
		return ScopeSub, true
	case "children", "subordinate":
		return ScopeChildren, true
	}
	return ScopeBase, false
}

// Deref tells when aliases are dereferenced.
type Deref int

const (
	DerefNever  Deref = 0
	DerefSearch Deref = 1
	DerefFind   Deref = 2
	DerefAlways Deref = 3
)

type SearchRequest struct {
	Base       string
	Scope      Scope
	Deref      Deref
	SizeLimit  int32
	TimeLimit  int32
	TypesOnly  bool
	Filter     []byte // the Filter element, header included
	Attributes []string
}

// ModOp is the operation of one change of a modify request.
type ModOp int

const (
	ModAdd       ModOp = 0
	ModDelete    ModOp = 1
	ModReplace   ModOp = 2
	ModIncrement ModOp = 3 // RFC 4525
)

type Change struct {
	Op     ModOp
	Type   string
	Values [][]byte
}

type ModifyRequest struct {
	DN      string
	Changes []Change
}

type AddRequest struct {
	DN         string
	Attributes []Attribute
}

type DelRequest struct{ DN string }

type ModifyDNRequest struct {
	DN             string
	NewRDN         string
	DeleteOldRDN   bool
	HasNewSuperior bool
	NewSuperior    string
}

type CompareRequest struct {
	DN    string
	Type  string
	Value []byte
}

type AbandonRequest struct{ MessageID int32 }

type ExtendedRequest struct {
	OID      string
	HasValue bool
	Value    []byte
}

func (*BindRequest) isRequest()     {}
func (*UnbindRequest) isRequest()   {}
func (*SearchRequest) isRequest()   {}
func (*ModifyRequest) isRequest()   {}
func (*AddRequest) isRequest()      {}
func (*DelRequest) isRequest()      {}
func (*ModifyDNRequest) isRequest() {}
func (*CompareRequest) isRequest()  {}
func (*AbandonRequest) isRequest()  {}
func (*ExtendedRequest) isRequest() {}

// Application tags of the protocol operations (the whole identifier octet).
const (
	TagBindRequest           = 0x60
	TagBindResponse          = 0x61
	TagUnbindRequest         = 0x42
	TagSearchRequest         = 0x63
	TagSearchResultEntry     = 0x64
	TagSearchResultDone      = 0x65
	TagModifyRequest         = 0x66
	TagModifyResponse        = 0x67
	TagAddRequest            = 0x68
	TagAddResponse           = 0x69
	TagDelRequest            = 0x4a
	TagDelResponse           = 0x6b
	TagModifyDNRequest       = 0x6c
	TagModifyDNResponse      = 0x6d
	TagCompareRequest        = 0x6e
	TagCompareResponse       = 0x6f
	TagAbandonRequest        = 0x50
	TagSearchResultReference = 0x73
	TagExtendedRequest       = 0x77
	TagExtendedResponse      = 0x78
	TagIntermediateResponse  = 0x79
)
