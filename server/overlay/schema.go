package overlay

import (
	"fmt"
	"strings"
	"sync"

	"libslapi/server/schema"
)

// definition is one schema element that an overlay brings.
type definition struct{ kind, name, text string }

// memberOfSchema is what two overlays need.
var memberOfSchema = []definition{{"attributeTypes", "memberOf", "( 1.2.840.113556.1.2.102 NAME 'memberOf' DESC 'groups that the entry is a member of' " +
	"EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE dSAOperation )"}}

// bring lists the schema elements of overlays.
var bring = map[string][]definition{
	"memberof":  memberOfSchema,
	"dynlist":   memberOfSchema,
	"accesslog": accessLogSchema,
	"ppolicy":   passwordPolicySchema,
	"dds": {
		{"attributeTypes", "entryTtl", "( 1.3.6.1.4.1.1466.101.119.3 NAME 'entryTtl' DESC 'RFC2589: entry time-to-live' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )"},
		{"attributeTypes", "dynamicSubtrees", "( 1.3.6.1.4.1.1466.101.119.4 NAME 'dynamicSubtrees' DESC 'RFC2589: dynamic subtrees' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE dSAOperation )"},
		{"attributeTypes", "entryExpireTimestamp", "( 1.3.6.1.4.1.4203.666.1.57 NAME 'entryExpireTimestamp' DESC 'when a dynamic entry ends' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )"},
		{"objectClasses", "dynamicObject", "( 1.3.6.1.4.1.1466.101.119.2 NAME 'dynamicObject' DESC 'RFC2589: Dynamic Object' SUP top AUXILIARY )"},
	},
	"lastbind": {{"attributeTypes", "authTimestamp", "( 1.3.6.1.4.1.453.16.2.188 NAME 'authTimestamp' DESC 'last successful authentication using any method/mech' " +
		"EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )"}},
}

// Schema defines the elements that an overlay brings and a schema lacks. Some
// come with a module of their own name.
func Schema(name string, s *schema.Schema) error {
	for _, d := range bring[name] {
		var there bool
		var err error
		switch d.kind {
		case "attributeTypes":
			if there = s.AttributeType(d.name) != nil; !there {
				err = s.AddAttributeType(d.text)
			}
		case "objectClasses":
			if there = s.ObjectClass(d.name) != nil; !there {
				err = s.AddObjectClass(d.text)
			}
		case "ldapSyntaxes":
			if there = s.Syntax(d.name) != nil; !there {
				err = s.AddSyntax(d.text)
			}
		}
		if err != nil {
			return fmt.Errorf("overlay %s: %s: %w", name, d.name, err)
		}
	}
	return nil
}

// Brings tells whether an element of this name comes with an overlay.
func Brings(name string) bool { return brought()[strings.ToLower(name)] }

var brought = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, list := range bring {
		for _, d := range list {
			m[strings.ToLower(d.name)] = true
		}
	}
	return m
})
