package schema

import (
	"bytes"
	"errors"
	"strings"

	"libslapi/server/dn"
)

const (
	oidBitAnd = "1.2.840.113556.1.4.803"
	oidBitOr  = "1.2.840.113556.1.4.804"
)

type normalizer = func([]byte) ([]byte, error)

func identity(v []byte) ([]byte, error)    { return v, nil }
func caseIgnore(v []byte) ([]byte, error)  { return prepare(v, true, trimBoth) }
func caseExact(v []byte) ([]byte, error)   { return prepare(v, false, trimBoth) }
func telephone(v []byte) ([]byte, error)   { return without(v, isHyphenOrSpace) }
func numericText(v []byte) ([]byte, error) { return without(v, func(r rune) bool { return r == ' ' }) }

// ia5 takes an assertion only when it is of the IA5 String syntax.
func ia5(f normalizer) normalizer {
	return func(v []byte) ([]byte, error) {
		if err := validIA5(v); err != nil {
			return nil, err
		}
		return f(v)
	}
}

func subCaseIgnore(v []byte, p SubPlace) ([]byte, error) { return prepare(v, true, placeMode(p)) }
func subCaseExact(v []byte, p SubPlace) ([]byte, error)  { return prepare(v, false, placeMode(p)) }

func subPlain(f normalizer) func([]byte, SubPlace) ([]byte, error) {
	return func(v []byte, _ SubPlace) ([]byte, error) { return f(v) }
}

// The rules of a type that the schema lacks: case ignored where the octets are
// text, else octet by octet.
var (
	unknownEquality = &MatchingRule{
		OID: "2.5.13.2", Names: []string{"caseIgnoreMatch"}, Use: UseEquality, Normalize: lenient, builtin: true}
	unknownOrdering = &MatchingRule{
		OID: "2.5.13.3", Names: []string{"caseIgnoreOrderingMatch"}, Use: UseOrdering, Normalize: lenient, builtin: true}
	unknownSubstrings = &MatchingRule{
		OID: "2.5.13.4", Names: []string{"caseIgnoreSubstringsMatch"}, Use: UseSubstrings, Normalize: lenient,
		Substring: func(v []byte, p SubPlace) ([]byte, error) {
			if k, err := subCaseIgnore(v, p); err == nil {
				return k, nil
			}
			return v, nil
		}, builtin: true}
)

func lenient(v []byte) ([]byte, error) {
	if k, err := caseIgnore(v); err == nil {
		return k, nil
	}
	return v, nil
}

// builtinRules gives the matching rules of RFC 4517, RFC 4530, RFC 4523
// (exact match of certificates and revocation lists) and OpenLDAP's.
func builtinRules(s *Schema) []*MatchingRule {
	names := s.names
	rule := func(oid, name, syntax string, use MatchUse, f normalizer) *MatchingRule {
		x := s.Syntax(syntax)
		if x == nil {
			panic("built-in rule " + name + " without its syntax")
		}
		return &MatchingRule{OID: oid, Names: []string{name}, Syntax: x, Use: use, Normalize: f, builtin: true}
	}
	eq := func(oid, name, syntax string, f normalizer) *MatchingRule {
		return rule(oid, name, syntax, UseEquality, f)
	}
	ord := func(oid, name, syntax string, f normalizer) *MatchingRule {
		return rule(oid, name, syntax, UseOrdering, f)
	}
	sub := func(oid, name, syntax string, f normalizer, piece func([]byte, SubPlace) ([]byte, error)) *MatchingRule {
		r := rule(oid, name, syntax, UseSubstrings, f)
		r.Substring = piece
		return r
	}
	canon := func(r *MatchingRule, f normalizer) *MatchingRule { r.canon = f; return r }
	assert := func(r *MatchingRule, f normalizer) *MatchingRule { r.Assertion = f; return r }
	match := func(r *MatchingRule, f func(v, a []byte) (bool, error)) *MatchingRule { r.Match = f; return r }

	return []*MatchingRule{
		eq("2.5.13.0", "objectIdentifierMatch", oidOID, names.oidKey),
		eq("2.5.13.1", "distinguishedNameMatch", oidDN, names.dnKey),
		eq("2.5.13.2", "caseIgnoreMatch", oidDirectoryString, caseIgnore),
		ord("2.5.13.3", "caseIgnoreOrderingMatch", oidDirectoryString, caseIgnore),
		sub("2.5.13.4", "caseIgnoreSubstringsMatch", oidSubstringAssertion, caseIgnore, subCaseIgnore),
		eq("2.5.13.5", "caseExactMatch", oidDirectoryString, caseExact),
		ord("2.5.13.6", "caseExactOrderingMatch", oidDirectoryString, caseExact),
		sub("2.5.13.7", "caseExactSubstringsMatch", oidSubstringAssertion, caseExact, subCaseExact),
		eq("2.5.13.8", "numericStringMatch", oidNumericString, numericText),
		ord("2.5.13.9", "numericStringOrderingMatch", oidNumericString, numericText),
		sub("2.5.13.10", "numericStringSubstringsMatch", oidSubstringAssertion, numericText, subPlain(numericText)),
		eq("2.5.13.11", "caseIgnoreListMatch", oidPostalAddress, listKey),
		sub("2.5.13.12", "caseIgnoreListSubstringsMatch", oidSubstringAssertion, listKey, subCaseIgnore),
		canon(eq("2.5.13.13", "booleanMatch", oidBoolean, booleanKey), booleanKey),
		canon(eq("2.5.13.14", "integerMatch", oidInteger, integerKey), integerText),
		ord("2.5.13.15", "integerOrderingMatch", oidInteger, integerKey),
		eq("2.5.13.16", "bitStringMatch", oidBitString, bitStringKey),
		eq("2.5.13.17", "octetStringMatch", oidOctetString, identity),
		ord("2.5.13.18", "octetStringOrderingMatch", oidOctetString, identity),
		sub("2.5.13.19", "octetStringSubstringsMatch", oidOctetString, identity, subPlain(identity)),
		eq("2.5.13.20", "telephoneNumberMatch", oidTelephone, telephone),
		sub("2.5.13.21", "telephoneNumberSubstringsMatch", oidSubstringAssertion, telephone, subPlain(telephone)),
		eq("2.5.13.22", "presentationAddressMatch", oidPresentationAddress, caseIgnore),
		eq("2.5.13.23", "uniqueMemberMatch", oidNameAndUID, names.uidNameKey),
		eq("2.5.13.24", "protocolInformationMatch", oidProtocolInformation, caseIgnore),
		canon(eq("2.5.13.27", "generalizedTimeMatch", oidGeneralizedTime, timeKey), timeText),
		ord("2.5.13.28", "generalizedTimeOrderingMatch", oidGeneralizedTime, timeKey),
		canon(assert(eq("2.5.13.29", "integerFirstComponentMatch", oidInteger, firstInteger), integerKey), integerText),
		assert(eq("2.5.13.30", "objectIdentifierFirstComponentMatch", oidOID, names.firstOID), names.oidKey),
		assert(eq("2.5.13.31", "directoryStringFirstComponentMatch", oidDirectoryString, firstString), caseIgnore),
		match(eq("2.5.13.32", "wordMatch", oidDirectoryString, caseIgnore), wordMatch(isWordSpace)),
		match(eq("2.5.13.33", "keywordMatch", oidDirectoryString, caseIgnore), wordMatch(isKeywordBreak)),
		eq("2.5.13.34", "certificateExactMatch", oidCertExactAssertion, certificateKey),
		eq("2.5.13.38", "certificateListExactMatch", oidCRLExactAssertion, crlKey),
		// by octets: an assertion is a whole certificate
		eq("2.5.13.45", "attributeCertificateExactMatch", oidAttributeCertificate, identity),
		assert(eq("1.3.6.1.4.1.1466.109.114.1", "caseExactIA5Match", oidIA5String, caseExact), ia5(caseExact)),
		assert(eq("1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match", oidIA5String, caseIgnore), ia5(caseIgnore)),
		sub("1.3.6.1.4.1.1466.109.114.3", "caseIgnoreIA5SubstringsMatch", oidIA5String, caseIgnore, subCaseIgnore),
		sub("1.3.6.1.4.1.4203.1.2.1", "caseExactIA5SubstringsMatch", oidIA5String, caseExact, subCaseExact),
		canon(eq("1.3.6.1.1.16.2", "UUIDMatch", oidUUID, uuidKey), uuidText),
		ord("1.3.6.1.1.16.3", "UUIDOrderingMatch", oidUUID, uuidKey),
		eq("1.3.6.1.4.1.4203.666.11.2.2", "CSNMatch", oidCSN, csnKey),
		ord("1.3.6.1.4.1.4203.666.11.2.3", "CSNOrderingMatch", oidCSN, csnKey),
		assert(eq("1.3.6.1.4.1.4203.666.11.2.5", "CSNSIDMatch", oidCSNSID, csnSIDOf), csnSIDKey),
		eq("1.2.36.79672281.1.13.3", "rdnMatch", oidRDN, names.rdnKey),
		match(eq("1.3.6.1.4.1.4203.666.4.8", "dnOneLevelMatch", oidDN, names.dnKey), names.dnMatch(func(v, a string) bool {
			return v != "" && dn.ParentNorm(v) == a
		})),
		match(eq("1.3.6.1.4.1.4203.666.4.9", "dnSubtreeMatch", oidDN, names.dnKey), names.dnMatch(dn.IsSuffix)),
		match(eq("1.3.6.1.4.1.4203.666.4.10", "dnSubordinateMatch", oidDN, names.dnKey), names.dnMatch(func(v, a string) bool {
			return v != a && dn.IsSuffix(v, a)
		})),
		match(eq("1.3.6.1.4.1.4203.666.4.11", "dnSuperiorMatch", oidDN, names.dnKey), names.dnMatch(func(v, a string) bool {
			return v != a && dn.IsSuffix(a, v)
		})),
		eq("1.3.6.1.4.1.4203.666.4.12", "authzMatch", oidAuthz, caseIgnore),
		eq("1.3.6.1.4.1.4203.666.4.13", "privateKeyMatch", oidPrivateKey, identity),
		match(eq(oidBitAnd, "integerBitAndMatch", oidInteger, integerKey), bitMatch(true)),
		match(eq(oidBitOr, "integerBitOrMatch", oidInteger, integerKey), bitMatch(false)),
	}
}

// listKey prepares each line of a postal address.
func listKey(v []byte) ([]byte, error) {
	lines := bytes.Split(v, []byte("$"))
	for i, l := range lines {
		p, err := caseIgnore(l)
		if err != nil {
			return nil, err
		}
		lines[i] = p
	}
	return bytes.Join(lines, []byte("$")), nil
}

// wordMatch is true when the assertion is one of the words of the value; the
// rule's users decide what separates words (RFC 4517 section 4.2.32: that is
// left to the implementation).
func wordMatch(sep func(rune) bool) func(v, a []byte) (bool, error) {
	return func(v, a []byte) (bool, error) {
		want, err := caseIgnore(a)
		if err != nil {
			return false, err
		}
		have, err := caseIgnore(v)
		if err != nil {
			return false, err
		}
		if string(have) == string(want) {
			return true, nil
		}
		for _, w := range bytes.FieldsFunc(have, sep) {
			if string(w) == string(want) {
				return true, nil
			}
		}
		return false, nil
	}
}

func isWordSpace(r rune) bool { return r == ' ' }

func isKeywordBreak(r rune) bool {
	return r == ' ' || r < 0x80 && !(isAlpha(byte(r)) || isDigit(byte(r)) || r == '-' || r == '_')
}

// bitMatch: all bits of the assertion are set in the value, or any is.
func bitMatch(all bool) func(v, a []byte) (bool, error) {
	return func(v, a []byte) (bool, error) {
		x, err := parseInt64(v)
		if err != nil {
			return false, err
		}
		mask, err := parseInt64(a)
		if err != nil {
			return false, err
		}
		if all {
			return x&mask == mask, nil
		}
		return x&mask != 0, nil
	}
}

var errNoComponent = errors.New("no first component")

// firstComponent is the first word inside the parentheses of a definition.
func firstComponent(v []byte) ([]byte, error) {
	t := strings.TrimSpace(string(v))
	if !strings.HasPrefix(t, "(") {
		if t == "" {
			return nil, errNoComponent
		}
		return []byte(t), nil
	}
	t = strings.TrimLeft(t[1:], " \t\r\n")
	if strings.HasPrefix(t, "'") {
		if end := strings.IndexByte(t[1:], '\''); end > 0 {
			return []byte(t[1 : end+1]), nil
		}
		return nil, errNoComponent
	}
	if end := strings.IndexAny(t, " \t\r\n)('"); end >= 0 {
		t = t[:end]
	}
	if t == "" {
		return nil, errNoComponent
	}
	return []byte(t), nil
}

func firstInteger(v []byte) ([]byte, error) {
	c, err := firstComponent(v)
	if err != nil {
		return nil, err
	}
	return integerKey(c)
}

func firstString(v []byte) ([]byte, error) {
	c, err := firstComponent(v)
	if err != nil {
		return nil, err
	}
	return caseIgnore(c)
}

// naturalRules gives a type the rules of its syntax where its definition and its
// supertypes name none, as 389's syntax plug-ins do.
func (s *Schema) naturalRules(t *AttributeType) {
	var eq, ord, sub string
	switch t.Syntax.OID {
	case oidIA5String:
		eq, ord, sub = "caseExactIA5Match", "caseExactOrderingMatch", "caseExactIA5SubstringsMatch"
	case oidDN:
		eq = "distinguishedNameMatch"
		if t.Substr == nil {
			t.Substr = nameSubstrings(s.names.dnKey, t.Syntax)
		}
	case oidNameAndUID:
		eq = "uniqueMemberMatch"
		if t.Substr == nil {
			t.Substr = nameSubstrings(s.names.uidNameKey, t.Syntax)
		}
	case oidInteger:
		eq, ord = "integerMatch", "integerOrderingMatch"
	case oidBoolean:
		eq = "booleanMatch"
	case oidGeneralizedTime:
		eq, ord = "generalizedTimeMatch", "generalizedTimeOrderingMatch"
	case oidTelephone:
		eq, sub = "telephoneNumberMatch", "telephoneNumberSubstringsMatch"
	case oidNumericString:
		eq, ord, sub = "numericStringMatch", "numericStringOrderingMatch", "numericStringSubstringsMatch"
	case oidOID:
		eq, sub = "objectIdentifierMatch", "caseIgnoreSubstringsMatch"
	case oidUUID:
		eq, ord = "UUIDMatch", "UUIDOrderingMatch"
	case oidPostalAddress:
		eq, sub = "caseIgnoreListMatch", "caseIgnoreListSubstringsMatch"
	case oidBitString:
		eq = "bitStringMatch"
	case oidAttributeTypeDesc, oidObjectClassDesc, oidMatchingRuleDesc, oidMatchingRuleUse,
		oidNameForm, oidContentRule, oidSyntaxDesc:
		eq = "objectIdentifierFirstComponentMatch"
	default:
		if t.Syntax.Binary || t.Syntax.OID == oidOctetString {
			eq, ord = "octetStringMatch", "octetStringOrderingMatch"
			break
		}
		eq, ord, sub = "caseIgnoreMatch", "caseIgnoreOrderingMatch", "caseIgnoreSubstringsMatch"
	}
	if t.Equality == nil {
		t.Equality = s.MatchingRule(eq)
	}
	if t.Ordering == nil {
		t.Ordering = s.MatchingRule(ord)
	}
	if t.Substr == nil {
		t.Substr = s.MatchingRule(sub)
	}
}
