package plugin

import "libslapi/server/entry"

// AccessHost is a Host whose plug-ins take part in decisions of access
// (SLAPI_PLUGIN_ACL_ALLOW_ACCESS of OpenLDAP's kind). They can only take away:
// what they allow is still subject to the server's own rules, what they refuse
// is refused to the root too. Internal operations are not asked about.
type AccessHost interface {
	// Restricts tells whether such a plug-in applies to the database. Cheap.
	Restricts(database string) bool
	// Allows asks the plug-ins about an entry (attr "entry", "children"), an
	// attribute, or with value one value of it.
	Allows(op *Operation, e *entry.Entry, attr string, value []byte, access Access) bool
}
