package config

import (
	"fmt"

	"libslapi/server/schema"
)

// The schema of cn=Monitor, as OpenLDAP names it: name, number below the arc,
// syntax. All of them are operational and nobody's to change.
const (
	monitorTypeArc  = "1.3.6.1.4.1.4203.666.1.55."
	monitorClassArc = "1.3.6.1.4.1.4203.666.3.16."
)

var monitorTypes = []struct {
	name   string
	number int
	kind   byte // of configKinds; 't' a time
	single bool
}{
	{"monitoredInfo", 1, 's', false}, {"managedInfo", 2, 's', false}, {"monitorCounter", 3, 'i', true},
	{"monitorOpCompleted", 4, 'i', true}, {"monitorOpInitiated", 5, 'i', true}, {"monitorConnectionNumber", 6, 'i', true},
	{"monitorConnectionAuthzDN", 7, 'd', true}, {"monitorConnectionLocalAddress", 8, 's', true},
	{"monitorConnectionPeerAddress", 9, 's', true}, {"monitorTimestamp", 10, 't', true}, {"monitorOverlay", 11, 's', false},
	{"readOnly", 12, 'b', true}, {"restrictedOperation", 13, 's', false}, {"monitorConnectionProtocol", 14, 'i', true},
	{"monitorConnectionOpsReceived", 15, 'i', true}, {"monitorConnectionOpsPending", 16, 'i', true},
	{"monitorConnectionOpsExecuting", 17, 'i', true}, {"monitorConnectionOpsCompleted", 18, 'i', true},
	{"monitorConnectionGet", 19, 'i', true}, {"monitorConnectionRead", 20, 'i', true}, {"monitorConnectionWrite", 21, 'i', true},
	{"monitorConnectionMask", 22, 's', true}, {"monitorConnectionListener", 23, 's', true},
	{"monitorConnectionPeerDomain", 24, 's', true}, {"monitorConnectionStartTime", 25, 't', true},
	{"monitorConnectionActivityTime", 26, 't', true}, {"monitorIsShadow", 27, 'b', true}, {"monitorUpdateRef", 28, 's', true},
	{"monitorRuntimeConfig", 29, 'b', true}, {"monitorSuperiorDN", 30, 'd', true}, {"monitorConnectionOpsAsync", 31, 'i', true},
}

var monitorClasses = []struct {
	name   string
	number int
	sup    string
}{
	{"monitor", 1, "top"}, {"monitorServer", 2, "monitor"}, {"monitorContainer", 3, "monitor"}, {"monitorCounterObject", 4, "monitor"},
	{"monitorOperation", 5, "monitor"}, {"monitorConnection", 6, "monitor"}, {"managedObject", 7, "monitor"}, {"monitoredObject", 8, "monitor"},
}

// addMonitorSchema defines what the entries of cn=Monitor need and a schema lacks.
func addMonitorSchema(s *schema.Schema) error {
	for _, t := range monitorTypes {
		oid := fmt.Sprint(monitorTypeArc, t.number)
		if s.AttributeType(t.name) != nil || s.AttributeType(oid) != nil {
			continue
		}
		rules := configKinds[t.kind]
		switch t.kind {
		case 'i':
			rules = "EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27"
		case 't':
			rules = "EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24"
		}
		def := "( " + oid + " NAME '" + t.name + "' " + rules
		if t.single {
			def += " SINGLE-VALUE"
		}
		if err := s.AddAttributeType(def + " NO-USER-MODIFICATION USAGE dSAOperation )"); err != nil {
			return fmt.Errorf("cn=Monitor: %s: %w", t.name, err)
		}
	}
	for _, c := range monitorClasses {
		oid := fmt.Sprint(monitorClassArc, c.number)
		if s.ObjectClass(c.name) != nil || s.ObjectClass(oid) != nil {
			continue
		}
		def := "( " + oid + " NAME '" + c.name + "' SUP " + c.sup + " STRUCTURAL"
		if c.sup == "top" {
			def += " MUST cn MAY ( description $ seeAlso $ labeledURI )"
			if s.AttributeType("seeAlso") == nil || s.AttributeType("labeledURI") == nil || s.AttributeType("description") == nil {
				def = "( " + oid + " NAME '" + c.name + "' SUP " + c.sup + " STRUCTURAL MUST cn"
			}
		}
		if err := s.AddObjectClass(def + " )"); err != nil {
			return fmt.Errorf("cn=Monitor: %s: %w", c.name, err)
		}
	}
	return nil
}
