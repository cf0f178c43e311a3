package config

import (
	"fmt"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// ownArc is the arc of our own elements, under the arc for UUIDs (X.667).
const ownArc = "2.25.266461816012557263835774423612255898338"

// kinds of configTypes: a syntax with its equality rule; a 1 behind the letter
// makes the type single-valued.
var configKinds = map[byte]string{
	's': "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
	'x': "EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
	'b': "EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7",
	'i': "EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27",
	'd': "EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12",
	'o': "EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40",
}

// addConfigTypes defines the attribute types of cn=config that a schema lacks,
// so that clients can name them in requests. 389's schema takes any name, so it
// needs none.
func addConfigTypes(s *schema.Schema) error {
	if s.Compat389() {
		return nil
	}
	for _, l := range strings.Split(strings.TrimSpace(configTypes), "\n") {
		var name, oid, kind string
		if _, err := fmt.Sscan(l, &name, &oid, &kind); err != nil {
			return fmt.Errorf("type table: %q: %v", l, err)
		}
		if strings.HasPrefix(oid, "@") {
			oid = ownArc + ".1." + oid[1:]
		}
		if s.AttributeType(name) != nil || s.AttributeType(oid) != nil {
			continue
		}
		def := "( " + oid + " NAME '" + name + "' " + configKinds[kind[0]]
		if strings.HasSuffix(kind, "1") {
			def += " SINGLE-VALUE"
		}
		if err := s.AddAttributeType(def + " )"); err != nil {
			return fmt.Errorf("type table: %s: %v", name, err)
		}
	}
	if err := addConfigClasses(s); err != nil {
		return err
	}
	return addMonitorSchema(s)
}

// retype gives the attributes of an entry the types that the schema has now.
func retype(e *entry.Entry, s *schema.Schema) error {
	attrs := e.Attrs
	e.Attrs = nil
	for _, a := range attrs {
		if err := e.Add(s, a.Desc, a.Values...); err != nil {
			return err
		}
	}
	n, err := nameOf(e.Name.Pretty, s)
	if err != nil {
		return err
	}
	e.Name = n
	return nil
}

// configTypes: name, OID, kind. The OIDs are those of the peers, whose schema
// has them; 389 names some types without a number by their name.
const configTypes = `
olcAccess 1.3.6.1.4.1.4203.1.12.2.3.0.1 s
olcAddContentAcl 1.3.6.1.4.1.4203.1.12.2.3.0.86 b1
olcAllows 1.3.6.1.4.1.4203.1.12.2.3.0.2 s
olcArgsFile 1.3.6.1.4.1.4203.1.12.2.3.0.3 x1
olcAttributeOptions 1.3.6.1.4.1.4203.1.12.2.3.0.5 s
olcAttributeTypes 1.3.6.1.4.1.4203.1.12.2.3.0.4 s
olcAuthIDRewrite 1.3.6.1.4.1.4203.1.12.2.3.0.6 s
olcAuthzPolicy 1.3.6.1.4.1.4203.1.12.2.3.0.7 s1
olcAuthzRegexp 1.3.6.1.4.1.4203.1.12.2.3.0.8 s
olcBackend 1.3.6.1.4.1.4203.1.12.2.3.0.9 s1
olcBkMdbIdlExp 1.3.6.1.4.1.4203.1.12.2.3.1.12.1 i1
olcConcurrency 1.3.6.1.4.1.4203.1.12.2.3.0.10 i1
olcConfigDir 1.3.6.1.4.1.4203.1.12.2.3.0.79 x1
olcConfigFile 1.3.6.1.4.1.4203.1.12.2.3.0.78 x1
olcConnMaxPending 1.3.6.1.4.1.4203.1.12.2.3.0.11 i1
olcConnMaxPendingAuth 1.3.6.1.4.1.4203.1.12.2.3.0.12 i1
olcDatabase 1.3.6.1.4.1.4203.1.12.2.3.0.13 s1
olcDbCheckpoint 1.3.6.1.4.1.4203.1.12.2.3.2.1.2 s1
olcDbDirectory 1.3.6.1.4.1.4203.1.12.2.3.2.0.1 s1
olcDbEnvFlags 1.3.6.1.4.1.4203.1.12.2.3.2.12.3 s
olcDbIndex 1.3.6.1.4.1.4203.1.12.2.3.2.0.2 s
olcDbMaxEntrySize 1.3.6.1.4.1.4203.1.12.2.3.2.12.4 i1
olcDbMaxReaders 1.3.6.1.4.1.4203.1.12.2.3.2.12.1 i1
olcDbMaxSize 1.3.6.1.4.1.4203.1.12.2.3.2.12.2 i1
olcDbMode 1.3.6.1.4.1.4203.1.12.2.3.2.0.3 s1
olcDbMultival 1.3.6.1.4.1.4203.1.12.2.3.2.12.6 s
olcDbNoSync 1.3.6.1.4.1.4203.1.12.2.3.2.1.4 b1
olcDbRtxnSize 1.3.6.1.4.1.4203.1.12.2.3.2.12.5 i1
olcDbSearchStack 1.3.6.1.4.1.4203.1.12.2.3.2.1.9 i1
olcDefaultSearchBase 1.3.6.1.4.1.4203.1.12.2.3.0.14 d1
olcDisallows 1.3.6.1.4.1.4203.1.12.2.3.0.15 s
olcDitContentRules 1.3.6.1.4.1.4203.1.12.2.3.0.16 s
olcExtraAttrs 1.3.6.1.4.1.4203.1.12.2.3.2.0.20 s
olcGentleHUP 1.3.6.1.4.1.4203.1.12.2.3.0.17 b1
olcHidden 1.3.6.1.4.1.4203.1.12.2.3.2.0.17 b1
olcIdleTimeout 1.3.6.1.4.1.4203.1.12.2.3.0.18 i1
olcIndexHash64 1.3.6.1.4.1.4203.1.12.2.3.0.94 b1
olcIndexIntLen 1.3.6.1.4.1.4203.1.12.2.3.0.84 i1
olcIndexSubstrAnyLen 1.3.6.1.4.1.4203.1.12.2.3.0.22 i1
olcIndexSubstrAnyStep 1.3.6.1.4.1.4203.1.12.2.3.0.23 i1
olcIndexSubstrIfMaxLen 1.3.6.1.4.1.4203.1.12.2.3.0.21 i1
olcIndexSubstrIfMinLen 1.3.6.1.4.1.4203.1.12.2.3.0.20 i1
olcLastBind 1.3.6.1.4.1.4203.1.12.2.3.2.0.22 b1
olcLastMod 1.3.6.1.4.1.4203.1.12.2.3.2.0.4 b1
olcLdapSyntaxes 1.3.6.1.4.1.4203.1.12.2.3.0.85 s
olcLimits 1.3.6.1.4.1.4203.1.12.2.3.2.0.5 s
olcListenerThreads 1.3.6.1.4.1.4203.1.12.2.3.0.93 i1
olcLocalSSF 1.3.6.1.4.1.4203.1.12.2.3.0.26 i1
olcLogFile 1.3.6.1.4.1.4203.1.12.2.3.0.27 x1
olcLogLevel 1.3.6.1.4.1.4203.1.12.2.3.0.28 s
olcMaxDerefDepth 1.3.6.1.4.1.4203.1.12.2.3.2.0.6 i1
olcMaxFilterDepth 1.3.6.1.4.1.4203.1.12.2.3.0.101 i1
olcModuleLoad 1.3.6.1.4.1.4203.1.12.2.3.0.30 s
olcModulePath 1.3.6.1.4.1.4203.1.12.2.3.0.31 x1
olcMonitoring 1.3.6.1.4.1.4203.1.12.2.3.2.0.18 b1
olcMultiProvider 1.3.6.1.4.1.4203.1.12.2.3.2.0.16 b1
olcObjectClasses 1.3.6.1.4.1.4203.1.12.2.3.0.32 s
olcObjectIdentifier 1.3.6.1.4.1.4203.1.12.2.3.0.33 s
olcOverlay 1.3.6.1.4.1.4203.1.12.2.3.0.34 s1
olcPasswordCryptSaltFormat 1.3.6.1.4.1.4203.1.12.2.3.0.35 s1
olcPasswordHash 1.3.6.1.4.1.4203.1.12.2.3.0.36 s
olcPidFile 1.3.6.1.4.1.4203.1.12.2.3.0.37 x1
olcPlugin 1.3.6.1.4.1.4203.1.12.2.3.0.38 s
olcPluginLogFile 1.3.6.1.4.1.4203.1.12.2.3.0.39 x1
olcReadOnly 1.3.6.1.4.1.4203.1.12.2.3.0.40 b1
olcReferral 1.3.6.1.4.1.4203.1.12.2.3.0.41 s1
olcRequires 1.3.6.1.4.1.4203.1.12.2.3.0.47 s
olcRestrict 1.3.6.1.4.1.4203.1.12.2.3.0.48 s
olcReverseLookup 1.3.6.1.4.1.4203.1.12.2.3.0.49 b1
olcRootDN 1.3.6.1.4.1.4203.1.12.2.3.2.0.8 d1
olcRootDSE 1.3.6.1.4.1.4203.1.12.2.3.0.51 s
olcRootPW 1.3.6.1.4.1.4203.1.12.2.3.2.0.9 o1
olcSaslAuxprops 1.3.6.1.4.1.4203.1.12.2.3.0.89 s1
olcSaslAuxpropsDontUseCopy 1.3.6.1.4.1.4203.1.12.2.3.0.91 s
olcSaslAuxpropsDontUseCopyIgnore 1.3.6.1.4.1.4203.1.12.2.3.0.92 b1
olcSaslCBinding 1.3.6.1.4.1.4203.1.12.2.3.0.100 s1
olcSaslHost 1.3.6.1.4.1.4203.1.12.2.3.0.53 s1
olcSaslRealm 1.3.6.1.4.1.4203.1.12.2.3.0.54 x1
olcSaslSecProps 1.3.6.1.4.1.4203.1.12.2.3.0.56 x1
olcSchemaDN 1.3.6.1.4.1.4203.1.12.2.3.0.58 d1
olcSecurity 1.3.6.1.4.1.4203.1.12.2.3.0.59 s
olcServerID 1.3.6.1.4.1.4203.1.12.2.3.0.81 s
olcSpCheckpoint 1.3.6.1.4.1.4203.1.12.2.3.3.1.1 s1
olcSpNoPresent 1.3.6.1.4.1.4203.1.12.2.3.3.1.3 b1
olcSpReloadHint 1.3.6.1.4.1.4203.1.12.2.3.3.1.4 b1
olcSpSessionlog 1.3.6.1.4.1.4203.1.12.2.3.3.1.2 i1
olcSizeLimit 1.3.6.1.4.1.4203.1.12.2.3.0.60 x1
olcSockbufMaxIncoming 1.3.6.1.4.1.4203.1.12.2.3.0.61 i1
olcSockbufMaxIncomingAuth 1.3.6.1.4.1.4203.1.12.2.3.0.62 i1
olcSortVals 1.3.6.1.4.1.4203.1.12.2.3.0.83 s
olcSuffix 1.3.6.1.4.1.4203.1.12.2.3.2.0.10 d
olcThreadQueues 1.3.6.1.4.1.4203.1.12.2.3.0.95 i1
olcThreads 1.3.6.1.4.1.4203.1.12.2.3.0.66 i1
olcTimeLimit 1.3.6.1.4.1.4203.1.12.2.3.0.67 x1
olcSyncrepl 1.3.6.1.4.1.4203.1.12.2.3.2.0.11 x
olcTLSCACertificate 1.3.6.1.4.1.4203.1.12.2.3.0.97 s1
olcTLSCACertificateFile 1.3.6.1.4.1.4203.1.12.2.3.0.68 x1
olcTLSCACertificatePath 1.3.6.1.4.1.4203.1.12.2.3.0.69 x1
olcTLSCertificate 1.3.6.1.4.1.4203.1.12.2.3.0.98 s1
olcTLSCertificateFile 1.3.6.1.4.1.4203.1.12.2.3.0.70 x1
olcTLSCertificateKey 1.3.6.1.4.1.4203.1.12.2.3.0.99 s1
olcTLSCertificateKeyFile 1.3.6.1.4.1.4203.1.12.2.3.0.71 x1
olcTLSCipherSuite 1.3.6.1.4.1.4203.1.12.2.3.0.72 x1
olcTLSCRLCheck 1.3.6.1.4.1.4203.1.12.2.3.0.73 x1
olcTLSCRLFile 1.3.6.1.4.1.4203.1.12.2.3.0.82 x1
olcTLSDHParamFile 1.3.6.1.4.1.4203.1.12.2.3.0.77 x1
olcTLSECName 1.3.6.1.4.1.4203.1.12.2.3.0.96 x1
olcTLSProtocolMin 1.3.6.1.4.1.4203.1.12.2.3.0.87 x1
olcTLSRandFile 1.3.6.1.4.1.4203.1.12.2.3.0.74 x1
olcTLSVerifyClient 1.3.6.1.4.1.4203.1.12.2.3.0.75 x1
olcToolThreads 1.3.6.1.4.1.4203.1.12.2.3.0.80 i1
olcUpdateDN 1.3.6.1.4.1.4203.1.12.2.3.2.0.12 d1
olcUpdateRef 1.3.6.1.4.1.4203.1.12.2.3.2.0.13 s
olcWriteTimeout 1.3.6.1.4.1.4203.1.12.2.3.0.88 i1
nsIndexType 2.16.840.1.113730.3.1.327 s
nsMatchingRule 2.16.840.1.113730.3.1.328 s
nsslapd-accesscontrol 2.16.840.1.113730.3.1.2251 s
nsslapd-accesslog 2.16.840.1.113730.3.1.2240 s
nsslapd-accesslog-level 2.16.840.1.113730.3.1.2170 s
nsslapd-accesslog-logging-enabled 2.16.840.1.113730.3.1.2202 s
nsslapd-allow-anonymous-access 2.16.840.1.113730.3.1.2217 s
nsslapd-allow-hashed-passwords 2.16.840.1.113730.3.1.2307 s
nsslapd-allow-unauthenticated-binds 2.16.840.1.113730.3.1.2215 s
nsslapd-anonlimitsdn 2.16.840.1.113730.3.1.2236 d
nsslapd-auditlog 2.16.840.1.113730.3.1.2210 s
nsslapd-auditlog-logging-enabled 2.16.840.1.113730.3.1.2204 s
nsslapd-backend nsslapd-backend-oid s
nsslapd-bakdir 2.16.840.1.113730.3.1.2280 s
nsslapd-certdir 2.16.840.1.113730.3.1.2278 s
nsslapd-config 2.16.840.1.113730.3.1.2273 d
nsslapd-counters 2.16.840.1.113730.3.1.2237 s
nsslapd-csnlogging 2.16.840.1.113730.3.1.2258 s
nsslapd-defaultnamingcontext 2.16.840.1.113730.3.1.2288 d
nsslapd-directory nsslapd-directory-oid s
nsslapd-dn-validate-strict nsslapd-dn-validate-strict-oid s
nsslapd-dynamic-plugins 2.16.840.1.113730.3.1.2304 s
nsslapd-enable-upgrade-hash 2.16.840.1.113730.3.1.2370 s
nsslapd-entryusn-global nsslapd-entryusn-global-oid s
nsslapd-entryusn-import-initval nsslapd-entryusn-import-initval-oid s
nsslapd-errorlog 2.16.840.1.113730.3.1.2241 s
nsslapd-errorlog-level nsslapd-errorlog-level-oid s
nsslapd-errorlog-logging-enabled 2.16.840.1.113730.3.1.2203 s
nsslapd-groupevalnestlevel 2.16.840.1.113730.3.1.2252 s
nsslapd-idletimeout 2.16.840.1.113730.3.1.2249 s
nsslapd-idlistscanlimit nsslapd-idlistscanlimit-oid s
nsslapd-ignore-virtual-attrs 2.16.840.1.113730.3.1.2296 s
nsslapd-instancedir 2.16.840.1.113730.3.1.2274 s
nsslapd-ioblocktimeout 2.16.840.1.113730.3.1.2250 s
nsslapd-lastmod nsslapd-lastmod-oid s
nsslapd-ldapiautobind 2.16.840.1.113730.3.1.2230 s
nsslapd-ldapifilepath 2.16.840.1.113730.3.1.2228 s
nsslapd-ldapilisten 2.16.840.1.113730.3.1.2229 s
nsslapd-ldifdir 2.16.840.1.113730.3.1.2279 s
nsslapd-listenhost 2.16.840.1.113730.3.1.2226 s
nsslapd-localhost 2.16.840.1.113730.3.1.2223 s
nsslapd-localssf 2.16.840.1.113730.3.1.2218 s
nsslapd-localuser 2.16.840.1.113730.3.1.2222 s
nsslapd-lockdir 2.16.840.1.113730.3.1.2276 s
nsslapd-lookthroughlimit nsslapd-lookthroughlimit-oid s
nsslapd-max-filter-nest-level 2.16.840.1.113730.3.1.2264 s
nsslapd-maxbersize 2.16.840.1.113730.3.1.2262 s
nsslapd-maxdescriptors 2.16.840.1.113730.3.1.2246 s
nsslapd-maxthreadsperconn 2.16.840.1.113730.3.1.2245 s
nsslapd-minssf 2.16.840.1.113730.3.1.2219 s
nsslapd-moddn-aci 2.16.840.1.113730.3.1.2305 s
nsslapd-mode nsslapd-mode-oid s
nsslapd-ndn-cache-enabled 2.16.840.1.113730.3.1.2293 s
nsslapd-pagedlookthroughlimit nsslapd-pagedlookthroughlimit-oid s
nsslapd-parent-suffix 2.16.840.1.113730.3.1.2094 d
nsslapd-plugin-binddn-tracking 2.16.840.1.113730.3.1.2272 s
nsslapd-plugin-depends-on-named nsslapd-plugin-depends-on-named-oid s
nsslapd-plugin-depends-on-type 2.16.840.1.113730.3.1.2151 s
nsslapd-plugin-logging 2.16.840.1.113730.3.1.2301 s
nsslapd-pluginarg0 nsslapd-pluginarg0-oid s
nsslapd-pluginarg1 nsslapd-pluginarg1-oid s
nsslapd-pluginarg10 nsslapd-pluginarg10-oid s
nsslapd-pluginarg11 nsslapd-pluginarg11-oid s
nsslapd-pluginarg12 nsslapd-pluginarg12-oid s
nsslapd-pluginarg13 nsslapd-pluginarg13-oid s
nsslapd-pluginarg14 nsslapd-pluginarg14-oid s
nsslapd-pluginarg15 nsslapd-pluginarg15-oid s
nsslapd-pluginarg16 nsslapd-pluginarg16-oid s
nsslapd-pluginarg17 nsslapd-pluginarg17-oid s
nsslapd-pluginarg18 nsslapd-pluginarg18-oid s
nsslapd-pluginarg19 nsslapd-pluginarg19-oid s
nsslapd-pluginarg2 nsslapd-pluginarg2-oid s
nsslapd-pluginarg3 nsslapd-pluginarg3-oid s
nsslapd-pluginarg4 nsslapd-pluginarg4-oid s
nsslapd-pluginarg5 nsslapd-pluginarg5-oid s
nsslapd-pluginarg6 nsslapd-pluginarg6-oid s
nsslapd-pluginarg7 nsslapd-pluginarg7-oid s
nsslapd-pluginarg8 nsslapd-pluginarg8-oid s
nsslapd-pluginarg9 nsslapd-pluginarg9-oid s
nsslapd-pluginConfigArea 2.16.840.1.113730.3.1.2104 d
nsslapd-pluginDescription 2.16.840.1.113730.3.1.230 s
nsslapd-pluginEnabled 2.16.840.1.113730.3.1.231 s
nsslapd-pluginId 2.16.840.1.113730.3.1.227 s
nsslapd-pluginInitfunc 2.16.840.1.113730.3.1.225 s
nsslapd-pluginLoadGlobal nsslapd-pluginLoadGlobal-oid s
nsslapd-pluginLoadNow nsslapd-pluginLoadNow-oid s
nsslapd-pluginPath 2.16.840.1.113730.3.1.224 s
nsslapd-pluginPrecedence nsslapd-pluginPrecedence-oid s
nsslapd-pluginType 2.16.840.1.113730.3.1.226 s
nsslapd-pluginVendor 2.16.840.1.113730.3.1.229 s
nsslapd-pluginVersion 2.16.840.1.113730.3.1.228 s
nsslapd-port 2.16.840.1.113730.3.1.2224 s
nsslapd-pwpolicy-local 2.16.840.1.113730.3.1.2254 s
nsslapd-rangelookthroughlimit nsslapd-rangelookthroughlimit-oid s
nsslapd-readonly 2.16.840.1.113730.3.1.2138 s
nsslapd-referral nsslapd-referral-oid s
nsslapd-require-index nsslapd-require-index-oid s
nsslapd-require-secure-binds 2.16.840.1.113730.3.1.2216 s
nsslapd-result-tweak 2.16.840.1.113730.3.1.2260 s
nsslapd-return-exact-case 2.16.840.1.113730.3.1.2259 s
nsslapd-rootdn 2.16.840.1.113730.3.1.2207 d
nsslapd-rootpw nsslapd-rootpw-oid s
nsslapd-rootpwstoragescheme 2.16.840.1.113730.3.1.2209 s
nsslapd-rundir 2.16.840.1.113730.3.1.2282 s
nsslapd-schemacheck nsslapd-schemacheck-oid s
nsslapd-schemadir 2.16.840.1.113730.3.1.2275 s
nsslapd-schemamod nsslapd-schemamod-oid s
nsslapd-secureport 2.16.840.1.113730.3.1.2242 s
nsslapd-security 2.16.840.1.113730.3.1.2238 s
nsslapd-sizelimit nsslapd-sizelimit-oid s
nsslapd-state nsslapd-state-oid s
nsslapd-suffix 2.16.840.1.113730.3.1.2091 d
nsslapd-syntaxcheck nsslapd-syntaxcheck-oid s
nsslapd-syntaxlogging nsslapd-syntaxlogging-oid s
nsslapd-targetfilter-cache nsslapd-targetfilter-cache-oid s
nsslapd-threadnumber nsslapd-threadnumber-oid s
nsslapd-timelimit nsslapd-timelimit-oid s
nsslapd-tmpdir 2.16.840.1.113730.3.1.2277 s
nsslapd-unhashed-pw-switch 2.16.840.1.113730.3.1.2206 s
nsslapd-verify-filter-schema nsslapd-verify-filter-schema-oid s
nsslapd-versionstring 2.16.840.1.113730.3.1.2265 s
nsSystemIndex 2.16.840.1.113730.3.1.242 s
nsTaskCurrentItem 2.16.840.1.113730.3.1.2357 s
nsTaskExitCode 2.16.840.1.113730.3.1.2356 s
nsTaskLog 2.16.840.1.113730.3.1.2354 s
nsTaskStatus 2.16.840.1.113730.3.1.2355 s
nsTaskTotalItems 2.16.840.1.113730.3.1.2358 s
oid 2.16.840.1.113730.3.1.215 s
passwordAdminDN 2.16.840.1.113730.3.1.2153 d
passwordChange 2.16.840.1.113730.3.1.102 s
passwordCheckSyntax 2.16.840.1.113730.3.1.103 s
passwordExp 2.16.840.1.113730.3.1.98 s
passwordGraceLimit 2.16.840.1.113730.3.1.999 s
passwordHistory 2.16.840.1.113730.3.1.96 s
passwordInHistory 2.16.840.1.113730.3.1.101 s
passwordIsGlobalPolicy 2.16.840.1.113730.3.1.2255 s
passwordLegacyPolicy 2.16.840.1.113730.3.1.2256 s
passwordLockout 2.16.840.1.113730.3.1.105 s
passwordLockoutDuration 2.16.840.1.113730.3.1.109 s
passwordMaxAge 2.16.840.1.113730.3.1.97 s
passwordMaxFailure 2.16.840.1.113730.3.1.106 s
passwordMinAge 2.16.840.1.113730.3.1.222 s
passwordMinLength 2.16.840.1.113730.3.1.99 s
passwordMustChange 2.16.840.1.113730.3.1.220 s
passwordResetFailureCount 2.16.840.1.113730.3.1.223 s
passwordStorageScheme 2.16.840.1.113730.3.1.221 s
passwordTrackUpdateTime 2.16.840.1.113730.3.1.2140 s
passwordUnlock 2.16.840.1.113730.3.1.108 s
passwordWarning 2.16.840.1.113730.3.1.104 s
olcAccessLogDB 1.3.6.1.4.1.4203.1.12.2.3.3.4.1 d1
olcAccessLogOps 1.3.6.1.4.1.4203.1.12.2.3.3.4.2 s
olcAccessLogPurge 1.3.6.1.4.1.4203.1.12.2.3.3.4.3 s1
olcAccessLogSuccess 1.3.6.1.4.1.4203.1.12.2.3.3.4.4 b1
olcAccessLogOld 1.3.6.1.4.1.4203.1.12.2.3.3.4.5 s1
olcAccessLogOldAttr 1.3.6.1.4.1.4203.1.12.2.3.3.4.6 s
olcAccessLogBase 1.3.6.1.4.1.4203.1.12.2.3.3.4.7 s
olcAuditlogFile 1.3.6.1.4.1.4203.1.12.2.3.3.15.1 x
olcConstraintAttribute 1.3.6.1.4.1.4203.1.12.2.3.3.13.1 x
olcLastBindPrecision 1.3.6.1.4.1.4203.1.12.2.3.4.5.1 i1
olcLastBindForwardUpdates 1.3.6.1.4.1.4203.1.12.2.3.5.2 b1
olcSssVlvMax 1.3.6.1.4.1.4203.1.12.2.3.3.21.1 i1
olcSssVlvMaxKeys 1.3.6.1.4.1.4203.1.12.2.3.3.21.2 i1
olcSssVlvMaxPerConn 1.3.6.1.4.1.4203.1.12.2.3.3.21.3 i1
olcCollectInfo 1.3.6.1.4.1.4203.1.12.2.3.3.19.1 s
olcDDSdefaultTtl 1.3.6.1.4.1.4203.1.12.2.3.3.9.4 s1
olcDDSinterval 1.3.6.1.4.1.4203.1.12.2.3.3.9.5 s1
olcDDSmaxDynamicObjects 1.3.6.1.4.1.4203.1.12.2.3.3.9.7 i1
olcDDSmaxTtl 1.3.6.1.4.1.4203.1.12.2.3.3.9.2 s1
olcDDSminTtl 1.3.6.1.4.1.4203.1.12.2.3.3.9.3 s1
olcDDSstate 1.3.6.1.4.1.4203.1.12.2.3.3.9.1 b1
olcDDStolerance 1.3.6.1.4.1.4203.1.12.2.3.3.9.6 s1
olcDynListAttrSet 1.3.6.1.4.1.4203.1.12.2.3.3.8.1 s
olcRetcodeInDir 1.3.6.1.4.1.4203.1.12.2.3.3.20.3 b1
olcRetcodeItem 1.3.6.1.4.1.4203.1.12.2.3.3.20.2 s
olcRetcodeParent 1.3.6.1.4.1.4203.1.12.2.3.3.20.1 d1
olcRetcodeSleep 1.3.6.1.4.1.4203.1.12.2.3.3.20.4 i1
olcValSortAttr 1.3.6.1.4.1.4203.1.12.2.3.3.5.1 s
olcPPolicyDefault 1.3.6.1.4.1.4203.1.12.2.3.3.12.1 d1
olcPPolicyHashCleartext 1.3.6.1.4.1.4203.1.12.2.3.3.12.2 b1
olcPPolicyForwardUpdates 1.3.6.1.4.1.4203.1.12.2.3.3.12.4 b1
olcPPolicyUseLockout 1.3.6.1.4.1.4203.1.12.2.3.3.12.3 b1
olcPPolicySendNetscapeControls 1.3.6.1.4.1.4203.1.12.2.3.3.12.6 b1
olcUniqueBase 1.3.6.1.4.1.4203.1.12.2.3.3.10.1 d1
olcUniqueIgnore 1.3.6.1.4.1.4203.1.12.2.3.3.10.2 s
olcUniqueAttribute 1.3.6.1.4.1.4203.1.12.2.3.3.10.3 s
olcUniqueStrict 1.3.6.1.4.1.4203.1.12.2.3.3.10.4 b1
olcUniqueURI 1.3.6.1.4.1.4203.1.12.2.3.3.10.5 x
olcRefintAttribute 1.3.6.1.4.1.4203.1.12.2.3.3.11.1 s
olcRefintNothing 1.3.6.1.4.1.4203.1.12.2.3.3.11.2 d1
olcRefintModifiersName 1.3.6.1.4.1.4203.1.12.2.3.3.11.3 d1
olcMemberOfDN 1.3.6.1.4.1.4203.1.12.2.3.3.18.0 d1
olcMemberOfDangling 1.3.6.1.4.1.4203.1.12.2.3.3.18.1 s1
olcMemberOfRefInt 1.3.6.1.4.1.4203.1.12.2.3.3.18.2 b1
olcMemberOfGroupOC 1.3.6.1.4.1.4203.1.12.2.3.3.18.3 s1
olcMemberOfMemberAD 1.3.6.1.4.1.4203.1.12.2.3.3.18.4 s1
olcMemberOfMemberOfAD 1.3.6.1.4.1.4203.1.12.2.3.3.18.5 s1
olcMemberOfDanglingError 1.3.6.1.4.1.4203.1.12.2.3.3.18.7 s1
slapidCompat @1 s1
slapidDatabaseName @3 s1
slapidDatabaseOption @8 x
slapidMetrics @7 s1
slapidPluginDatabase @6 s1
slapidPluginDialect @4 s1
slapidPluginDir @2 s1
slapidPluginOnFailure @5 s1
slapidSQLConnections @9 i1
slapidSQLKeepChanges @13 s1
slapidSQLPasswordFile @10 x1
slapidSQLPoll @12 s1
slapidSQLSchema @11 x1
slapidSQLURI @8 x1
ttl 1.3.6.1.4.1.250.1.60 s
`
