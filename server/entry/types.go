// Package entry is the directory entry: a name and its attributes.
package entry

import (
	"libslapi/server/dn"
	"libslapi/server/schema"
)

// Attr is one attribute of an entry: all values under one description.
type Attr struct {
	Type    *schema.AttributeType // never nil; Unknown for a type that the schema lacks
	Options []string              // lower case, sorted
	Desc    string                // the description to show: as stored, options included
	Values  [][]byte              // at least one; in the order in which they were added

	// valid: the values are known to keep the type's syntax (Apply checked
	// them, or they come from a database), so CheckSchema need not look again.
	valid bool
}

// Entry is a directory entry. An entry that a database or a cache gave out is
// shared and must not be changed; Clone it first. Attributes keep the order in
// which they were first added.
type Entry struct {
	Name  dn.Name
	ID    uint64 // the database's id, 0 for an entry that is not stored
	Attrs []Attr
}
