package plugin

import (
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// ComputeHost is a Host whose plug-ins compute attributes when an entry is read.
type ComputeHost interface {
	// Computes tells whether any plug-in does. Cheap.
	Computes() bool
	// Compute asks the plug-ins for one attribute that was asked for by name,
	// or with "*" for those that come without being named.
	Compute(op *Operation, e *entry.Entry, name string) []wire.Attribute
}
