package config

import (
	"fmt"
	"strings"

	"libslapi/server/schema"
)

// addConfigClasses defines the object classes of slapd's cn=config that a schema
// lacks, so that clients may name them. They say nothing of the attributes: an
// entry's directives are checked by running them.
func addConfigClasses(s *schema.Schema) error {
	for _, l := range strings.Split(strings.TrimSpace(configClasses), "\n") {
		w := strings.Fields(l)
		names := strings.Split(w[1], "/")
		if s.ObjectClass(w[0]) != nil || s.ObjectClass(names[0]) != nil {
			continue
		}
		def := fmt.Sprintf("( %s NAME ( '%s' ) SUP %s %s )", w[0], strings.Join(names, "' '"), w[2], w[3])
		if err := s.AddObjectClass(def); err != nil {
			return fmt.Errorf("class table: %s: %v", w[1], err)
		}
	}
	return nil
}

// configClasses: OID, names, superior, kind.
const configClasses = `
1.3.6.1.4.1.4203.1.12.2.4.0.0 olcConfig top ABSTRACT
1.3.6.1.4.1.4203.1.12.2.4.0.1 olcGlobal olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.2 olcSchemaConfig olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.3 olcBackendConfig olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.4 olcDatabaseConfig olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.5 olcOverlayConfig olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.6 olcIncludeFile olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.0.7 olcFrontendConfig top AUXILIARY
1.3.6.1.4.1.4203.1.12.2.4.0.8 olcModuleList olcConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.2.1 olcLdifConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.4.1 olcMonitorConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.1.12.1 olcMdbBkConfig olcBackendConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.12.1 olcMdbConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.3.1 olcLDAPConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.3.1 olcChainConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.3.2 olcChainDatabase top AUXILIARY
1.3.6.1.4.1.4203.1.12.2.4.3.3.3 olcPBindConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.5.1 olcRelayConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.2.8.1 olcNullConfig olcDatabaseConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.4.1 olcAccessLogConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.15.1 olcAuditlogConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.19.1 olcCollectConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.13.1 olcConstraintConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.9.1 olcDDSConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.8.1 olcDynListConfig/olcDynamicList olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.4.5.1 olcLastBindConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.18.1 olcMemberOfConfig/olcMemberOf olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.12.1 olcPPolicyConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.11.1 olcRefintConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.20.1 olcRetcodeConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.21.1 olcSssVlvConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.1.1 olcSyncProvConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.14.1 olcTranslucentConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.14.2 olcTranslucentDatabase top AUXILIARY
1.3.6.1.4.1.4203.1.12.2.4.3.10.1 olcUniqueConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.5.1 olcValSortConfig olcOverlayConfig STRUCTURAL
1.3.6.1.4.1.4203.1.12.2.4.3.16.1 olcRwmConfig olcOverlayConfig STRUCTURAL
`
