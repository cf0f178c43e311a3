package plugin

import (
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// EntryControlHost is a Host with overlays that give the entries of a search
// controls. It is asked when the request has controls.
type EntryControlHost interface {
	EntryControls(op *Operation, e *entry.Entry) []wire.Control
}
