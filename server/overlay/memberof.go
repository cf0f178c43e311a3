package overlay

import (
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// memberOf keeps the names of an entry's groups in the entry (slapo-memberof(5)).
type memberOf struct {
	env              *Env
	class            *schema.ObjectClass
	member, memberOf *schema.AttributeType
	who              dn.Name
	dangling         string
	code             wire.ResultCode
	refint           bool
}

func newMemberOf(env *Env, lines [][]string) (Overlay, error) {
	m := &memberOf{env: env, who: env.RootDN, dangling: "ignore", code: wire.ConstraintViolation}
	class, member, of := "groupOfNames", "member", "memberOf"
	for _, l := range lines {
		v := l[1]
		switch name := strings.ToLower(l[0]); name {
		case "memberof-group-oc":
			class = v
		case "memberof-member-ad":
			member = v
		case "memberof-memberof-ad":
			of = v
		case "memberof-dn":
			n, err := dn.NewName(v, env.Schema)
			if err != nil {
				return nil, fmt.Errorf("memberof-dn: %w", err)
			}
			m.who = n
		case "memberof-dangling":
			switch m.dangling = strings.ToLower(v); m.dangling {
			case "ignore", "drop", "error":
			default:
				return nil, fmt.Errorf("memberof-dangling: %q is not ignore, drop or error", v)
			}
		case "memberof-dangling-error":
			n, err := strconv.ParseUint(v, 0, 15)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("memberof-dangling-error: %q is no result code", v)
			}
			m.code = wire.ResultCode(n)
		case "memberof-refint":
			switch strings.ToLower(v) {
			case "true", "yes", "on", "1":
				m.refint = true
			case "false", "no", "off", "0":
				m.refint = false
			default:
				return nil, fmt.Errorf("memberof-refint: %q is neither TRUE nor FALSE", v)
			}
		case "memberof-addcheck":
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
	}
	if m.class = env.Schema.ObjectClass(class); m.class == nil {
		return nil, fmt.Errorf("memberof-group-oc: unknown object class %q", class)
	}
	for _, a := range []struct {
		at   **schema.AttributeType
		name string
	}{{&m.member, member}, {&m.memberOf, of}} {
		if *a.at = env.Schema.AttributeType(a.name); *a.at == nil {
			return nil, fmt.Errorf("memberof: unknown attribute %q", a.name)
		}
		if o := (*a.at).Syntax.OID; o != syntaxDN && o != syntaxNameAndID {
			return nil, fmt.Errorf("memberof: attribute %q holds no names", a.name)
		}
	}
	return m, nil
}

// Points implements Overlay.
func (*memberOf) Points() []plugin.Point { return inTxn(updates) }

func (m *memberOf) isGroup(e *entry.Entry) bool { return e != nil && e.IsClass(m.class.Name()) }

// Run implements Overlay.
func (m *memberOf) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if op.Replicated {
		return nil
	}
	before, after := op.Before, op.After
	if op.Kind == plugin.KindAdd {
		before = nil
	}
	if op.Kind == plugin.KindDelete {
		after = nil
	}
	if m.isGroup(before) || m.isGroup(after) {
		if err := m.group(s, op, before, after); err != nil {
			return err
		}
	}
	if m.refint && before != nil && (op.Kind == plugin.KindDelete || op.Kind == plugin.KindModDN) {
		return m.moved(s, op, before, after)
	}
	return nil
}

func (m *memberOf) members(e *entry.Entry) map[string]dn.Name {
	if !m.isGroup(e) {
		return nil
	}
	return names(e, m.member.Name(), m.env.Schema)
}

// group brings the members of a changed group up to date.
func (m *memberOf) group(s plugin.Services, op *plugin.Operation, before, after *entry.Entry) *wire.Error {
	was, is := m.members(before), m.members(after)
	renamed := before != nil && after != nil && before.Name.Norm != after.Name.Norm
	for norm, n := range was {
		if _, stays := is[norm]; stays && !renamed {
			continue
		}
		m.change(s, op, n, wire.ModDelete, before.Name)
	}
	for norm, n := range is {
		if _, had := was[norm]; had && !renamed {
			continue
		}
		res := m.change(s, op, n, wire.ModAdd, after.Name)
		if res.Code != wire.NoSuchObject || s.DatabaseFor(n.Norm) != op.Database {
			continue
		}
		switch m.dangling {
		case "error":
			return wire.Errorf(m.code, "adding non-existing object as group member")
		case "drop":
			for _, v := range after.Values(m.member.Name()) {
				if x, err := dn.NewName(string(v), m.env.Schema); err == nil && x.Norm == norm {
					if res := modify(s, op, m.who, after.Name, wire.Change{Op: wire.ModDelete, Type: m.member.Name(), Values: [][]byte{v}}); res.Code != wire.Success {
						return &wire.Error{Result: res}
					}
				}
			}
		}
	}
	return nil
}

// change puts a group's name into a member, or takes it out. A member that is
// not there, or has it so already, is no matter.
func (m *memberOf) change(s plugin.Services, op *plugin.Operation, member dn.Name, how wire.ModOp, group dn.Name) wire.Result {
	res := modify(s, op, m.who, member, wire.Change{Op: how, Type: m.memberOf.Name(), Values: [][]byte{[]byte(group.Pretty)}})
	switch res.Code {
	case wire.Success, wire.NoSuchObject, wire.NoSuchAttribute, wire.AttributeOrValueExists:
	default:
		m.env.Log.Warn("memberof: a member was not changed", "entry", member.Pretty, "group", group.Pretty, "result", int(res.Code), "text", res.Text)
	}
	return res
}

// moved brings the groups of a renamed or deleted member up to date
// (memberof-refint).
func (m *memberOf) moved(s plugin.Services, op *plugin.Operation, before, after *entry.Entry) *wire.Error {
	if after != nil && after.Name.Norm == before.Name.Norm {
		return nil
	}
	for _, g := range names(before, m.memberOf.Name(), m.env.Schema) {
		changes := []wire.Change{{Op: wire.ModDelete, Type: m.member.Name(), Values: [][]byte{[]byte(before.Name.Pretty)}}}
		if after != nil {
			changes = append(changes, wire.Change{Op: wire.ModAdd, Type: m.member.Name(), Values: [][]byte{[]byte(after.Name.Pretty)}})
			// one operation, so that a group is never without members in between
			changes[0], changes[1] = changes[1], changes[0]
		}
		if res := modify(s, op, m.who, g, changes...); res.Code != wire.Success && res.Code != wire.NoSuchObject && res.Code != wire.NoSuchAttribute {
			m.env.Log.Warn("memberof: a group keeps a member that is no more", "group", g.Pretty, "member", before.Name.Pretty, "result", int(res.Code), "text", res.Text)
		}
	}
	return nil
}
