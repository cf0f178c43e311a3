package operation

import (
	"strings"

	"libslapi/server/plugin"
	"libslapi/server/schema"
)

// computedTypes are the types, in lower case, that computer.value knows.
var computedTypes = map[string]bool{"entrydn": true, "dsentrydn": true, "subschemasubentry": true, "hassubordinates": true,
	"numsubordinates": true, "entryid": true, "parentid": true, "contextcsn": true}

// Computes tells that values are worked out for few operational types only,
// which lets the database test entries for all other filters as they are
// stored, and find them by its indexes.
func (c *computer) Computes(t *schema.AttributeType) bool {
	return t.Usage != schema.UserApplications && computedTypes[strings.ToLower(t.Name())]
}

// collects tells whether entries are kept until the search is over.
func (x *searcher) collects() bool { return x.delay || x.paging != nil || x.ordered() }

// keepsNone tells whether every entry found is sent, or passed over, at once,
// and no plug-in gets to see it.
func (x *searcher) keepsNone() bool {
	if x.collects() || stateOf(x.op).ctl.paged != nil || x.sync != nil || x.op.Internal || x.ask.plug != nil || x.ask.decide != nil {
		return false
	}
	host := x.s.plugins()
	for _, phase := range [...]plugin.Phase{plugin.Pre, plugin.Post} {
		for _, slot := range [...]plugin.Slot{plugin.SlotEntry, plugin.SlotReferral} {
			if host.Listens(plugin.Point{Phase: phase, Slot: slot}, x.op.Database) {
				return false
			}
		}
	}
	return true
}
