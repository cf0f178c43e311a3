package schema

// Built-in attribute types: what the server itself reads or writes (RFC 4512
// sections 3.4, 4.2 and 5.1, RFC 3045, RFC 3296, RFC 3672, RFC 4530, RFC 5020,
// OpenLDAP's CSNs), and the user types on which those and schema files rest.
// An element of a schema file with the OID of one of these is skipped
// (.schema) or replaces it (LDIF).
var builtinTypes = []string{
	`( 2.5.4.0 NAME 'objectClass' DESC 'RFC4512: object classes of the entry' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )`,
	`( 2.5.4.1 NAME ( 'aliasedObjectName' 'aliasedEntryName' ) DESC 'RFC4512: entry that an alias stands for' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )`,

	// operational attributes of entries
	`( 2.5.21.9 NAME 'structuralObjectClass' DESC 'RFC4512: structural object class of the entry' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.21.10 NAME 'governingStructureRule' DESC 'RFC4512: structure rule that governs the entry' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.1 NAME 'createTimestamp' DESC 'RFC4512: time of creation' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.2 NAME 'modifyTimestamp' DESC 'RFC4512: time of the last change' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.3 NAME 'creatorsName' DESC 'RFC4512: who created the entry' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.4 NAME 'modifiersName' DESC 'RFC4512: who changed the entry last' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.5 NAME 'administrativeRole' DESC 'RFC3672: kinds of administrative area' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE directoryOperation )`,
	`( 2.5.18.6 NAME 'subtreeSpecification' DESC 'RFC3672: what a subentry applies to' SYNTAX 1.3.6.1.4.1.1466.115.121.1.45 SINGLE-VALUE USAGE directoryOperation )`,
	`( 2.5.18.7 NAME 'collectiveExclusions' DESC 'RFC3671: collective attributes that do not apply' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE directoryOperation )`,
	`( 2.5.18.9 NAME 'hasSubordinates' DESC 'X.501: whether the entry has children' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.1.1.4.1.453.16.2.103 NAME 'numSubordinates' DESC 'number of children' EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.10 NAME 'subschemaSubentry' DESC 'RFC4512: name of the controlling subschema entry' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 2.5.18.12 NAME 'collectiveAttributeSubentries' DESC 'RFC3671: subentries with collective attributes' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.6.1.1.20 NAME 'entryDN' DESC 'RFC5020: name of the entry' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.6.1.1.16.4 NAME 'entryUUID' DESC 'RFC4530: UUID of the entry' EQUALITY UUIDMatch ORDERING UUIDOrderingMatch SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.7 NAME 'entryCSN' DESC 'change sequence number of the entry' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.13 NAME 'namingCSN' DESC 'change sequence number of the entry name' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.25 NAME 'contextCSN' DESC 'greatest committed CSN of the naming context' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.23 NAME 'syncreplCookie' DESC 'state of a consumer' EQUALITY octetStringMatch ORDERING octetStringOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.1.3.4 NAME 'syncTimestamp' DESC 'time of the last synchronisation' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.8 NAME ( 'authzTo' 'saslAuthzTo' ) DESC 'whom the user may act as' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE distributedOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.9 NAME ( 'authzFrom' 'saslAuthzFrom' ) DESC 'who may act as the user' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE distributedOperation )`,
	`( 1.3.6.1.4.1.1466.101.119.3 NAME 'entryTtl' DESC 'RFC2589: seconds that the entry has left' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.119.4 NAME 'dynamicSubtrees' DESC 'RFC2589: subtrees of dynamic entries' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE dSAOperation )`,

	// root DSE
	`( 1.3.6.1.4.1.1466.101.120.6 NAME 'altServer' DESC 'RFC4512: other servers' SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.5 NAME 'namingContexts' DESC 'RFC4512: naming contexts of the server' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.13 NAME 'supportedControl' DESC 'RFC4512: controls of the server' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.7 NAME 'supportedExtension' DESC 'RFC4512: extended operations of the server' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.1.3.5 NAME 'supportedFeatures' DESC 'RFC4512: features of the server' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.15 NAME 'supportedLDAPVersion' DESC 'RFC4512: LDAP versions of the server' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.14 NAME 'supportedSASLMechanisms' DESC 'RFC4512: SASL mechanisms of the server' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE dSAOperation )`,
	`( 1.3.6.1.1.4 NAME 'vendorName' DESC 'RFC3045: who made the server' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.1.5 NAME 'vendorVersion' DESC 'RFC3045: version of the server' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.666.1.10 NAME 'monitorContext' DESC 'name of the monitoring subtree' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,
	`( 1.3.6.1.4.1.4203.1.12.2.1 NAME 'configContext' DESC 'name of the configuration subtree' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )`,

	// subschema
	`( 2.5.21.1 NAME 'dITStructureRules' DESC 'RFC4512: structure rules' EQUALITY integerFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.17 USAGE directoryOperation )`,
	`( 2.5.21.2 NAME 'dITContentRules' DESC 'RFC4512: content rules' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.16 USAGE directoryOperation )`,
	`( 2.5.21.4 NAME 'matchingRules' DESC 'RFC4512: matching rules' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.30 USAGE directoryOperation )`,
	`( 2.5.21.5 NAME 'attributeTypes' DESC 'RFC4512: attribute types' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.3 USAGE directoryOperation )`,
	`( 2.5.21.6 NAME 'objectClasses' DESC 'RFC4512: object classes' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.37 USAGE directoryOperation )`,
	`( 2.5.21.7 NAME 'nameForms' DESC 'RFC4512: name forms' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.35 USAGE directoryOperation )`,
	`( 2.5.21.8 NAME 'matchingRuleUse' DESC 'RFC4512: uses of matching rules' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.31 USAGE directoryOperation )`,
	`( 1.3.6.1.4.1.1466.101.120.16 NAME 'ldapSyntaxes' DESC 'RFC4512: syntaxes' EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.54 USAGE directoryOperation )`,

	// referrals
	`( 2.16.840.1.113730.3.1.34 NAME 'ref' DESC 'RFC3296: URL of the subordinate reference' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE distributedOperation )`,

	// user attributes
	`( 2.5.4.49 NAME 'distinguishedName' DESC 'RFC4519: common supertype of DN attributes' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )`,
	`( 2.5.4.41 NAME 'name' DESC 'RFC4519: common supertype of name attributes' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )`,
	`( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC4519: common name' SUP name )`,
	`( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) DESC 'RFC4519: user identifier' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256} )`,
	`( 1.3.6.1.1.1.1.0 NAME 'uidNumber' DESC 'RFC2307: number of the user' EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )`,
	`( 1.3.6.1.1.1.1.1 NAME 'gidNumber' DESC 'RFC2307: number of the group' EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )`,
	`( 2.5.4.35 NAME 'userPassword' DESC 'RFC4519/2307: password' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{128} )`,
	`( 1.3.6.1.4.1.250.1.57 NAME 'labeledURI' DESC 'RFC2079: URI with an optional label' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )`,
	`( 2.5.4.13 NAME 'description' DESC 'RFC4519: descriptive information' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{1024} )`,
	`( 2.5.4.34 NAME 'seeAlso' DESC 'RFC4519: name of a related object' SUP distinguishedName )`,
	`( 1.3.6.1.4.1.4203.666.1.60 NAME 'pKCS8PrivateKey' DESC 'PKCS#8 private key' EQUALITY privateKeyMatch SYNTAX 1.2.840.113549.1.8.1.1 )`,
	`( 1.3.6.1.4.1.42.2.27.8.1.29 NAME 'pwdLastSuccess' DESC 'The timestamp of the last successful authentication' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )`,
}

// Built-in object classes (RFC 4512 section 4.2 and 4.3, RFC 3296, RFC 3672, RFC 2589).
var builtinClasses = []string{
	`( 2.5.6.0 NAME 'top' DESC 'RFC4512: top of the superclass chain' ABSTRACT MUST objectClass )`,
	`( 1.3.6.1.4.1.1466.101.120.111 NAME 'extensibleObject' DESC 'RFC4512: entry that may hold any attribute' SUP top AUXILIARY )`,
	`( 2.5.6.1 NAME 'alias' DESC 'RFC4512: an alias' SUP top STRUCTURAL MUST aliasedObjectName )`,
	`( 2.16.840.1.113730.3.2.6 NAME 'referral' DESC 'RFC3296: a subordinate reference' SUP top STRUCTURAL MUST ref )`,
	`( 1.3.6.1.4.1.4203.1.4.1 NAME ( 'OpenLDAProotDSE' 'LDAProotDSE' ) DESC 'root of the server' SUP top STRUCTURAL MAY cn )`,
	`( 2.5.17.0 NAME 'subentry' DESC 'RFC3672: a subentry' SUP top STRUCTURAL MUST ( cn $ subtreeSpecification ) )`,
	`( 2.5.17.2 NAME 'collectiveAttributeSubentry' DESC 'RFC3671: subentry with collective attributes' AUXILIARY )`,
	`( 2.5.20.1 NAME 'subschema' DESC 'RFC4512: the controlling subschema' AUXILIARY MAY ( dITStructureRules $ nameForms $ dITContentRules $ objectClasses $ attributeTypes $ matchingRules $ matchingRuleUse ) )`,
	`( 1.3.6.1.4.1.1466.101.119.2 NAME 'dynamicObject' DESC 'RFC2589: entry that expires' SUP top AUXILIARY )`,
}
