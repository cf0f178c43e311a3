package plugin

import (
	"libslapi/server/entry"
	"libslapi/server/wire"
)

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

// AccessDecider is a Host whose plug-in is the configured access control (389's
// ACL plug-in): its answers count instead of the server's own rules. The root
// and internal operations are not asked about.
type AccessDecider interface {
	// Decides tells whether there is such a plug-in. Cheap.
	Decides() bool
	// Decide asks about an entry (no attrs) or an attribute, or with value one
	// value of it. An answer other than Success refuses.
	Decide(op *Operation, e *entry.Entry, attrs []string, value []byte, access Access, how AccessMode) wire.Result
	// DecideChanges asks about the changes of a modify.
	DecideChanges(op *Operation, e *entry.Entry, changes []wire.Change) wire.Result
	// CheckRules tells whether the access rules in an entry are right.
	CheckRules(op *Operation, e *entry.Entry) wire.Result
	// RulesChanged tells of an update that has been made, whatever it was.
	RulesChanged(op *Operation)
}

// AccessMode tells a plug-in that decides what it is asked for (389's
// ACLPLUGIN_ACCESS_*).
type AccessMode int

const (
	AccessDefault   AccessMode = 0
	AccessShowEntry AccessMode = 1
	AccessShowAttr  AccessMode = 2
	AccessRename    AccessMode = 4
	AccessEffective AccessMode = 5
)
