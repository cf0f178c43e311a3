package operation

import (
	"strings"

	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// decider is the plug-in that is the configured access control; nil: there is none.
func (s *Server) decider() plugin.AccessDecider {
	if h, ok := plugin.As[plugin.AccessDecider](s.plugins()); ok && s.is389() && h.Decides() {
		return h
	}
	return nil
}

// decides puts the questions to a plug-in that is the access control. Root is
// not asked about unless the operation is done as somebody else.
func (a *asker) decides(op *plugin.Operation, db *Database) bool {
	if op.Internal || db == nil || db == a.s.rootDSE.db {
		return false
	}
	if a.s.isRoot(op.Requestor, db) && !hasControlOID(op.Controls, ControlProxiedAuthz, controlProxiedOld) {
		return false
	}
	a.decide = a.s.decider()
	return a.decide != nil
}

// controlProxiedOld is the first form of proxied authorization, which 389 takes too.
const controlProxiedOld = "2.16.840.1.113730.3.4.12"

func hasControlOID(list []wire.Control, oids ...string) bool {
	for i := range list {
		for _, oid := range oids {
			if list[i].OID == oid {
				return true
			}
		}
	}
	return false
}

// asked puts one question to the plug-in and keeps a refusal.
func (a *asker) asked(e *entry.Entry, attrs []string, value []byte, access plugin.Access, how plugin.AccessMode) bool {
	op := a.op
	if op.HostState == nil && op.Parent != nil {
		op = op.Parent // who asks for a plug-in has no state of its own
	}
	res := a.decide.Decide(op, e, attrs, value, access, how)
	if res.Code != wire.Success {
		a.refusal = res
	}
	return res.Code == wire.Success
}

// decideEntry asks about an entry itself. Rights on what is below it, and to
// know of it, are none of 389's.
func (a *asker) decideEntry(e *entry.Entry, pseudo string, need acl.Priv) bool {
	if pseudo != acl.AttrEntry {
		return true
	}
	switch {
	case need&acl.PrivRead != 0:
		var attrs []string
		if a.op.Search != nil {
			attrs = a.op.Search.Attrs
		}
		return a.asked(e, attrs, nil, plugin.AccessRead, plugin.AccessShowEntry)
	case need&acl.PrivSearch != 0:
		return a.asked(e, nil, nil, plugin.AccessSearch, plugin.AccessDefault)
	case need&acl.PrivCompare != 0:
		return a.asked(e, nil, nil, plugin.AccessCompare, plugin.AccessDefault)
	case need&acl.PrivAdd != 0 && need&acl.PrivDelete != 0: // slapd's write
		return a.asked(e, nil, nil, plugin.AccessWrite, plugin.AccessDefault)
	case need&acl.PrivAdd != 0:
		return a.asked(e, nil, nil, plugin.AccessAdd, plugin.AccessDefault)
	case need&acl.PrivDelete != 0:
		return a.asked(e, nil, nil, plugin.AccessDelete, plugin.AccessDefault)
	}
	return true
}

// decideAttr asks about an attribute for reading. Updates are asked about as a whole.
func (a *asker) decideAttr(e *entry.Entry, name string, value []byte, need acl.Priv) bool {
	attrs := []string{name}
	switch {
	case need&acl.PrivRead != 0:
		return a.asked(e, attrs, nil, plugin.AccessRead, plugin.AccessShowAttr)
	case need&acl.PrivSearch != 0:
		return a.asked(e, attrs, value, plugin.AccessSearch, plugin.AccessDefault)
	case need&acl.PrivCompare != 0:
		return a.asked(e, attrs, value, plugin.AccessCompare, plugin.AccessDefault)
	case need&(acl.PrivAdd|acl.PrivDelete) != 0:
		return a.asked(e, attrs, value, plugin.AccessWrite, plugin.AccessDefault)
	}
	return true
}

// mayRename asks for the rights to rename, and to move below parent.
func (a *asker) mayRename(before, parent *entry.Entry, moves bool) bool {
	if moves {
		right := plugin.AccessAdd
		if !equalFold(a.s.Setting("nsslapd-moddn-aci"), "off") {
			right = plugin.AccessModDN
		}
		if !a.asked(parent, nil, nil, right, plugin.AccessDefault) {
			return false
		}
	}
	return a.asked(before, nil, nil, plugin.AccessWrite, plugin.AccessRename)
}

// refused is the answer to who lacks a right for an update: the plug-in's words
// where it decides.
func (a *asker) refused(text string) *wire.Error {
	if a.decide != nil && a.refusal.Code != wire.Success {
		return &wire.Error{Result: a.refusal}
	}
	return refused(text)
}

// checkRules refuses an entry whose access rules are none.
func (c *change) checkRules(e *entry.Entry) error {
	if h := c.s.decider(); h != nil && !c.op.Internal && !c.db.Private {
		if res := h.CheckRules(c.op, e); res.Code != wire.Success {
			return &wire.Error{Result: res}
		}
	}
	return nil
}

// touches tells whether changes are about an attribute.
func touches(changes []wire.Change, attr string) bool {
	for i := range changes {
		if equalFold(changes[i].Type, attr) {
			return true
		}
	}
	return false
}

// describe is a description in words.
func describe(t *schema.AttributeType, options []string) string {
	if len(options) == 0 {
		return t.Name()
	}
	return t.Name() + ";" + strings.Join(options, ";")
}

// decideMissing is ns-slapd's answer about an entry that is not there to who has
// no right to the nearest one above it: a search finds nothing, everything else
// is refused. nil: the requestor may know.
func (a *asker) decideMissing(above *entry.Entry) error {
	access := map[plugin.Kind]plugin.Access{plugin.KindSearch: plugin.AccessRead, plugin.KindCompare: plugin.AccessRead,
		plugin.KindModify: plugin.AccessWrite, plugin.KindDelete: plugin.AccessDelete, plugin.KindAdd: plugin.AccessAdd,
		plugin.KindModDN: plugin.AccessModDN}[a.op.Kind]
	if access == 0 || a.asked(above, []string{"1.1"}, nil, access, plugin.AccessDefault) {
		return nil
	}
	if a.op.Kind.Update() {
		return &wire.Error{Result: wire.Result{Code: wire.InsufficientAccessRights}}
	}
	return &wire.Error{Result: wire.Result{Code: wire.Success}}
}
