package plugin

// ForKind is the slot of the hooks around an operation of kind k.
func ForKind(k Kind) Slot {
	switch k {
	case KindBind:
		return SlotBind
	case KindUnbind:
		return SlotUnbind
	case KindSearch:
		return SlotSearch
	case KindModify:
		return SlotModify
	case KindAdd:
		return SlotAdd
	case KindDelete:
		return SlotDelete
	case KindModDN:
		return SlotModDN
	case KindCompare:
		return SlotCompare
	case KindAbandon:
		return SlotAbandon
	default:
		return SlotExtended
	}
}

// Kind is the operation kind of a slot; 0 for the events inside operations.
func (s Slot) Kind() Kind {
	if s < SlotEntry {
		return Kind(1) << s // the slots stand in the order of the bits
	}
	return 0
}

// Update tells whether operations of this kind change the directory.
func (k Kind) Update() bool {
	return k&(KindAdd|KindModify|KindDelete|KindModDN) != 0
}

var kindNames = map[Kind]string{
	KindBind: "bind", KindUnbind: "unbind", KindSearch: "search", KindModify: "modify",
	KindAdd: "add", KindDelete: "delete", KindModDN: "modrdn", KindCompare: "compare",
	KindAbandon: "abandon", KindExtended: "extended",
}

// String is the name that slapi_op_type_to_string gives.
func (k Kind) String() string {
	if n, ok := kindNames[k]; ok {
		return n
	}
	return "unknown operation type"
}

var phaseNames = [PhaseCount]string{"PRE", "POST", "BE_PRE", "BE_POST", "BE_TXN_PRE", "BE_TXN_POST", "INTERNAL_PRE", "INTERNAL_POST"}

var slotNames = [SlotCount]string{"BIND", "UNBIND", "SEARCH", "MODIFY", "ADD", "DELETE", "MODRDN", "COMPARE", "ABANDON", "EXTOP", "ENTRY", "REFERRAL", "RESULT"}

// String is the middle of the slot's SLAPI name: "BE_TXN_PRE_ADD" for
// SLAPI_PLUGIN_BE_TXN_PRE_ADD_FN.
func (p Point) String() string {
	if p.Phase < 0 || p.Phase >= PhaseCount || p.Slot < 0 || p.Slot >= SlotCount {
		return "unknown point"
	}
	return phaseNames[p.Phase] + "_" + slotNames[p.Slot]
}

// Valid tells whether plug-ins can have a function at p at all.
func (p Point) Valid() bool {
	switch p.Phase {
	case Pre, Post:
		return p.Slot >= 0 && p.Slot < SlotCount
	case BePre, BePost, TxnPre, TxnPost:
		return p.Slot == SlotAdd || p.Slot == SlotModify || p.Slot == SlotDelete || p.Slot == SlotModDN
	case InternalPre, InternalPost:
		return p.Slot >= 0 && p.Slot < SlotEntry && p.Slot != SlotExtended
	}
	return false
}

// updateSlots is the order in which the SLAPI numbers of the update slots of a
// phase follow each other.
var updateSlots = [...]Slot{SlotAdd, SlotModify, SlotModDN, SlotDelete}

// wholeSlots is the order of the numbers from SLAPI_PLUGIN_PRE_BIND_FN (401)
// and SLAPI_PLUGIN_POST_BIND_FN (501) on.
var wholeSlots = [...]Slot{SlotBind, SlotUnbind, SlotSearch, SlotCompare, SlotModify, SlotModDN, SlotAdd, SlotDelete, SlotAbandon, SlotEntry, SlotReferral, SlotResult}

// internalSlots is the order of OpenLDAP's numbers from
// SLAPI_PLUGIN_INTERNAL_PRE_BIND_FN (1260) and _POST_BIND_FN (1270) on.
var internalSlots = [...]Slot{SlotBind, SlotUnbind, SlotSearch, SlotCompare, SlotAbandon}

var byNumber, byPoint = slotNumbers()

func slotNumbers() (map[int]Point, map[Point]int) {
	numbers, points := map[int]Point{}, map[Point]int{}
	put := func(n int, p Point) {
		numbers[n] = p
		if _, ok := points[p]; !ok {
			points[p] = n
		}
	}
	for i, s := range wholeSlots {
		put(401+i, Point{Pre, s})
		put(501+i, Point{Post, s})
	}
	for i, s := range updateSlots {
		put(420+i, Point{InternalPre, s})
		put(520+i, Point{InternalPost, s})
		put(450+i, Point{BePre, s})
		put(550+i, Point{BePost, s})
		put(460+i, Point{TxnPre, s})
		put(560+i, Point{TxnPost, s})
	}
	for i, s := range internalSlots {
		put(1260+i, Point{InternalPre, s})
		put(1270+i, Point{InternalPost, s})
	}
	put(424, Point{InternalPre, SlotBind}) // 389's number of SLAPI_PLUGIN_INTERNAL_PRE_BIND_FN
	put(413, Point{Pre, SlotExtended})
	put(514, Point{Post, SlotExtended})
	return numbers, points
}

// PointOf finds the point of a SLAPI slot number (SLAPI_PLUGIN_PRE_ADD_FN,
// ...); both dialects' numbers are known, and no number means two things.
func PointOf(number int) (Point, bool) {
	p, ok := byNumber[number]
	return p, ok
}

// Number is the SLAPI number of a point, OpenLDAP's where the dialects have
// two; 0 for a point that has none.
func (p Point) Number() int { return byPoint[p] }

// TypeAllows tells whether a plug-in that registered as typ (lower case, the
// word of nsslapd-pluginType) may set the slot of p. 389's plug-ins set the
// slots of their own type only; "object" may set none of them. OpenLDAP's
// types restrict nothing, so ask this for 389 plug-ins alone.
func TypeAllows(typ string, p Point) bool {
	phase, ok := typePhases[typ]
	return ok && p.Phase == phase
}

var typePhases = map[string]Phase{
	"preoperation":          Pre,
	"postoperation":         Post,
	"preextendedop":         Pre,
	"postextendedop":        Post,
	"bepreoperation":        BePre,
	"bepostoperation":       BePost,
	"betxnpreoperation":     TxnPre,
	"betxnpostoperation":    TxnPost,
	"internalpreoperation":  InternalPre,
	"internalpostoperation": InternalPost,
}
