package plugin

import "libslapi/server/entry"

// TombstoneHost is implemented by a Host whose plug-ins may want deleted entries
// kept as tombstones (389's replication and usn).
type TombstoneHost interface {
	// Tombstone is asked inside the transaction of a delete, when nothing stands
	// in its way any more. It gives what is to be kept of op.Before, to which
	// plug-ins may have added; nil: nothing is.
	Tombstone(op *Operation) *entry.Entry
}
