package schema

// OIDs of syntaxes that the code names.
const (
	ldapSyntax              = "1.3.6.1.4.1.1466.115.121.1."
	oidAttributeTypeDesc    = ldapSyntax + "3"
	oidBitString            = ldapSyntax + "6"
	oidBoolean              = ldapSyntax + "7"
	oidCertificate          = ldapSyntax + "8"
	oidCertificateList      = ldapSyntax + "9"
	oidCertificatePair      = ldapSyntax + "10"
	oidDN                   = ldapSyntax + "12"
	oidDirectoryString      = ldapSyntax + "15"
	oidContentRule          = ldapSyntax + "16"
	oidStructureRule        = ldapSyntax + "17"
	oidGeneralizedTime      = ldapSyntax + "24"
	oidIA5String            = ldapSyntax + "26"
	oidInteger              = ldapSyntax + "27"
	oidMatchingRuleDesc     = ldapSyntax + "30"
	oidMatchingRuleUse      = ldapSyntax + "31"
	oidNameAndUID           = ldapSyntax + "34"
	oidNameForm             = ldapSyntax + "35"
	oidNumericString        = ldapSyntax + "36"
	oidObjectClassDesc      = ldapSyntax + "37"
	oidOID                  = ldapSyntax + "38"
	oidOctetString          = ldapSyntax + "40"
	oidPostalAddress        = ldapSyntax + "41"
	oidProtocolInformation  = ldapSyntax + "42"
	oidPresentationAddress  = ldapSyntax + "43"
	oidTelephone            = ldapSyntax + "50"
	oidSyntaxDesc           = ldapSyntax + "54"
	oidSubstringAssertion   = ldapSyntax + "58"
	oidUUID                 = "1.3.6.1.1.16.1"
	oidCertExactAssertion   = "1.3.6.1.1.15.1"
	oidCRLExactAssertion    = "1.3.6.1.1.15.5"
	oidAlgorithmIdentifier  = "1.3.6.1.1.15.7"
	oidRDN                  = "1.2.36.79672281.1.5.0"
	oidCSN                  = "1.3.6.1.4.1.4203.666.11.2.1"
	oidCSNSID               = "1.3.6.1.4.1.4203.666.11.2.4"
	oidAuthz                = "1.3.6.1.4.1.4203.666.2.7"
	oidPrivateKey           = "1.2.840.113549.1.8.1.1"
	oidAttributeCertificate = "1.3.6.1.4.1.4203.666.11.10.2.1"
)

// builtinSyntaxes gives the syntaxes of RFC 4517, those of RFC 2252 that files
// still name, and those of RFC 2307, 4523, 4530 and OpenLDAP.
func builtinSyntaxes() []*Syntax {
	text := func(oid, desc string, valid func([]byte) error) *Syntax {
		return &Syntax{OID: oid, Desc: desc, Validate: valid, builtin: true}
	}
	octets := func(oid, desc string, transfer bool, valid func([]byte) error) *Syntax {
		x := &Syntax{OID: oid, Desc: desc, Binary: true, Validate: valid, builtin: true}
		if transfer {
			x.Extensions = append(x.Extensions, Extension{"X-BINARY-TRANSFER-REQUIRED", []string{"TRUE"}})
		}
		x.Extensions = append(x.Extensions, Extension{"X-NOT-HUMAN-READABLE", []string{"TRUE"}})
		return x
	}
	def := func(kind elementKind) func([]byte) error {
		return func(v []byte) error {
			_, err := parseDefinition(string(v), kind)
			return err
		}
	}
	return []*Syntax{
		octets(ldapSyntax+"1", "ACI Item", false, nil),
		text(ldapSyntax+"2", "Access Point", validDirectoryString),
		text(oidAttributeTypeDesc, "Attribute Type Description", def(attributeElement)),
		octets(ldapSyntax+"4", "Audio", false, nil),
		octets(ldapSyntax+"5", "Binary", false, nil),
		text(oidBitString, "Bit String", validBitString),
		text(oidBoolean, "Boolean", validBoolean),
		octets(oidCertificate, "Certificate", true, validSequence),
		octets(oidCertificateList, "Certificate List", true, validSequence),
		octets(oidCertificatePair, "Certificate Pair", true, validSequence),
		text(ldapSyntax+"11", "Country String", validCountry),
		text(oidDN, "DN", validDN),
		text(ldapSyntax+"13", "Data Quality", validDirectoryString),
		text(ldapSyntax+"14", "Delivery Method", validDeliveryMethod),
		text(oidDirectoryString, "Directory String", validDirectoryString),
		text(oidContentRule, "DIT Content Rule Description", def(contentRuleElement)),
		text(oidStructureRule, "DIT Structure Rule Description", def(structureRuleElement)),
		text(ldapSyntax+"18", "DL Submit Permission", validDirectoryString),
		text(ldapSyntax+"19", "DSA Quality", validDirectoryString),
		text(ldapSyntax+"20", "DSE Type", validDirectoryString),
		text(ldapSyntax+"21", "Enhanced Guide", validEnhancedGuide),
		text(ldapSyntax+"22", "Facsimile Telephone Number", validFacsimile),
		octets(ldapSyntax+"23", "Fax", false, nil),
		text(oidGeneralizedTime, "Generalized Time", validGeneralizedTime),
		text(ldapSyntax+"25", "Guide", validGuide),
		text(oidIA5String, "IA5 String", validIA5),
		text(oidInteger, "INTEGER", validInteger),
		octets(ldapSyntax+"28", "JPEG", false, nil),
		text(ldapSyntax+"29", "Master And Shadow Access Points", validDirectoryString),
		text(oidMatchingRuleDesc, "Matching Rule Description", def(ruleElement)),
		text(oidMatchingRuleUse, "Matching Rule Use Description", def(ruleUseElement)),
		text(ldapSyntax+"32", "Mail Preference", validDirectoryString),
		text(ldapSyntax+"33", "MHS OR Address", validDirectoryString),
		text(oidNameAndUID, "Name And Optional UID", validNameAndUID),
		text(oidNameForm, "Name Form Description", def(nameFormElement)),
		text(oidNumericString, "Numeric String", validNumericString),
		text(oidObjectClassDesc, "Object Class Description", def(classElement)),
		text(oidOID, "OID", validOID),
		text(ldapSyntax+"39", "Other Mailbox", validOtherMailbox),
		anyOctets(oidOctetString, "Octet String"),
		text(oidPostalAddress, "Postal Address", validPostalAddress),
		text(oidProtocolInformation, "Protocol Information", validDirectoryString),
		text(oidPresentationAddress, "Presentation Address", validDirectoryString),
		text(ldapSyntax+"44", "Printable String", validPrintable),
		text(ldapSyntax+"45", "Subtree Specification", validSubtreeSpecification),
		text(ldapSyntax+"46", "Supplier Information", validDirectoryString),
		text(ldapSyntax+"47", "Supplier Or Consumer", validDirectoryString),
		text(ldapSyntax+"48", "Supplier And Consumer", validDirectoryString),
		octets(ldapSyntax+"49", "Supported Algorithm", true, validSequence),
		text(oidTelephone, "Telephone Number", validPrintable),
		anyOctets(ldapSyntax+"51", "Teletex Terminal Identifier").check(validTeletex),
		text(ldapSyntax+"52", "Telex Number", validTelex),
		text(ldapSyntax+"53", "UTC Time", validUTCTime),
		text(oidSyntaxDesc, "LDAP Syntax Description", def(syntaxElement)),
		text(ldapSyntax+"55", "Modify Rights", validDirectoryString),
		text(ldapSyntax+"56", "LDAP Schema Definition", validDirectoryString),
		text(ldapSyntax+"57", "LDAP Schema Description", validDirectoryString),
		text(oidSubstringAssertion, "Substring Assertion", validSubstringAssertion),
		text(oidRDN, "RDN", validRDN),
		text("1.3.6.1.1.1.0.0", "NIS Netgroup Triple", validNetgroupTriple),
		text("1.3.6.1.1.1.0.1", "Boot Parameter", validBootParameter),
		text(oidCertExactAssertion, "X.509 Certificate Exact Assertion", validDirectoryString),
		text("1.3.6.1.1.15.2", "X.509 Certificate Assertion", validDirectoryString),
		text("1.3.6.1.1.15.3", "X.509 Certificate Pair Exact Assertion", validDirectoryString),
		text("1.3.6.1.1.15.4", "X.509 Certificate Pair Assertion", validDirectoryString),
		text(oidCRLExactAssertion, "X.509 Certificate List Exact Assertion", validDirectoryString),
		text("1.3.6.1.1.15.6", "X.509 Certificate List Assertion", validDirectoryString),
		text(oidAlgorithmIdentifier, "X.509 Algorithm Identifier", validDirectoryString),
		text(oidUUID, "UUID", validUUID),
		text(oidCSN, "Change Sequence Number", validCSN),
		text(oidCSNSID, "Change Sequence Number SID", validCSNSID),
		text(oidAuthz, "OpenLDAP authz", validDirectoryString),
		octets(oidAttributeCertificate, "X.509 Attribute Certificate", true, validSequence),
		octets(oidPrivateKey, "PKCS#8 PrivateKeyInfo", true, validSequence),
	}
}

// anyOctets is a syntax of octets that may well be text.
func anyOctets(oid, desc string) *Syntax { return &Syntax{OID: oid, Desc: desc, builtin: true} }

func (x *Syntax) check(valid func([]byte) error) *Syntax { x.Validate = valid; return x }
