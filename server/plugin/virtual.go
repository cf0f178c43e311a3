package plugin

import (
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// VirtualHost is a Host whose plug-ins give entries attributes that no database
// stores (389's virtual attributes: classes of service, roles).
type VirtualHost interface {
	// Virtual gives what serves attributes now; nil when nothing does. Cheap.
	Virtual() VirtualAttrs
}

// VirtualAttrs are the attributes that plug-ins serve.
type VirtualAttrs interface {
	// Serves tells whether a plug-in may have values of t for some entry. Cheap.
	Serves(t *schema.AttributeType) bool
	// Values asks for the values of t on e. ok false: the plug-ins have none, and
	// those that e stores count. Else the values take their place, and name is
	// the description that they go by.
	Values(op *Operation, e *entry.Entry, t *schema.AttributeType) (values [][]byte, name string, ok bool)
	// Compare tells whether a value is among those of t on e; ok false: it is for
	// those that e stores to say.
	Compare(op *Operation, e *entry.Entry, t *schema.AttributeType, value []byte) (equal, ok bool)
	// Lists tells whether List can name anything. Cheap.
	Lists(operational bool) bool
	// List names the types that plug-ins have for e and that a search shows
	// without being asked for them: the plain ones and, if asked to, those that
	// come with all operational attributes.
	List(op *Operation, e *entry.Entry, operational bool) []VirtualType
}

// VirtualType is one entry of VirtualAttrs.List.
type VirtualType struct {
	Name        string
	Operational bool
}
