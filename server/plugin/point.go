// Package plugin is the seam between the server and whatever runs plug-ins. An
// operation is handed to a Host as data (Operation) and the Host's changes are
// taken back from it; plug-ins reach the server through Services. No C pointer
// and no type of the C side crosses here, so that a Host may live in this
// process (package libslapi) or in another.
package plugin

// Kind is the kind of an operation. The numbers are SLAPI's SLAPI_OPERATION_*
// bits, which both dialects share.
type Kind int

const (
	KindBind     Kind = 0x1
	KindUnbind   Kind = 0x2
	KindSearch   Kind = 0x4
	KindModify   Kind = 0x8
	KindAdd      Kind = 0x10
	KindDelete   Kind = 0x20
	KindModDN    Kind = 0x40
	KindCompare  Kind = 0x80
	KindAbandon  Kind = 0x100
	KindExtended Kind = 0x200
)

// Phase is where in the course of an operation plug-ins are called.
type Phase int

const (
	Pre          Phase = iota // before anything is done, outside the transaction
	Post                      // after the result was sent, also after a failure
	BePre                     // 389: the backend is chosen and locked
	BePost                    // 389: after the commit, before the result
	TxnPre                    // 389: inside the transaction, before the change
	TxnPost                   // 389: inside the transaction, after the change
	InternalPre               // in place of Pre for an internal operation
	InternalPost              // in place of Post for an internal operation
	PhaseCount
)

// Slot is what a plug-in function is called about: an operation kind, or one
// of the events inside an operation.
type Slot int

const (
	SlotBind Slot = iota
	SlotUnbind
	SlotSearch
	SlotModify
	SlotAdd
	SlotDelete
	SlotModDN
	SlotCompare
	SlotAbandon
	SlotExtended
	SlotEntry    // Pre/Post only: an entry on its way to the client
	SlotReferral // Pre/Post only: a search reference on its way
	SlotResult   // Pre/Post only: a result on its way
	SlotCount
)

// Point is one place at which plug-ins are called.
type Point struct {
	Phase Phase
	Slot  Slot
}
