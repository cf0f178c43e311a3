// Package ldif reads and writes the LDAP Data Interchange Format (RFC 2849):
// content records and change records.
package ldif

import (
	"fmt"

	"libslapi/server/wire"
)

// Record is one record. A content record has no ChangeType and its attributes
// in Attrs; of a change record the fields of its ChangeType are set.
type Record struct {
	DN         string
	Line       int    // of the record's first line
	ChangeType string // "", "add", "delete", "modify", "modrdn"
	Controls   []wire.Control
	Attrs      []wire.Attribute // content, add: a description that comes again joins its first place
	Changes    []wire.Change    // modify

	NewRDN         string // modrdn (which "moddn" is read as)
	DeleteOldRDN   bool
	HasNewSuperior bool
	NewSuperior    string
}

// Error is a place in LDIF text that cannot be read.
type Error struct {
	File   string
	Line   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }
