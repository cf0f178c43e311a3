package overlay

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// logKinds are the object class and the name of each kind of operation.
var logKinds = map[plugin.Kind][2]string{
	plugin.KindAbandon: {"auditAbandon", "abandon"}, plugin.KindAdd: {"auditAdd", "add"}, plugin.KindBind: {"auditBind", "bind"},
	plugin.KindCompare: {"auditCompare", "compare"}, plugin.KindDelete: {"auditDelete", "delete"},
	plugin.KindExtended: {"auditExtended", "extended"}, plugin.KindModify: {"auditModify", "modify"},
	plugin.KindModDN: {"auditModRDN", "modrdn"}, plugin.KindSearch: {"auditSearch", "search"}, plugin.KindUnbind: {"auditObject", "unbind"},
}

// recorder puts a record together; the first error stays.
type recorder struct {
	s   *schema.Schema
	e   *entry.Entry
	err error
}

func (r *recorder) add(attr string, values ...[]byte) {
	if r.err != nil || len(values) == 0 {
		return
	}
	d, err := r.s.Describe(attr)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", attr, err)
		return
	}
	// The same value may come again (the ":" of reqMod).
	if n := len(r.e.Attrs); n > 0 && r.e.Attrs[n-1].Desc == attr {
		r.e.Attrs[n-1].Values = append(r.e.Attrs[n-1].Values, values...)
		return
	}
	r.e.AppendAttr(entry.Attr{Type: d.Type, Desc: attr, Values: values})
}

func (r *recorder) text(attr string, values ...string) {
	list := make([][]byte, len(values))
	for i, v := range values {
		list[i] = []byte(v)
	}
	r.add(attr, list...)
}

func (r *recorder) number(attr string, n int) { r.text(attr, strconv.Itoa(n)) }

func (r *recorder) truth(attr string, v bool) { r.text(attr, strings.ToUpper(strconv.FormatBool(v))) }

// record makes the entry about an operation. Its attributes have slapd's order.
func (a *accessLog) record(s plugin.Services, op *plugin.Operation) (*entry.Entry, error) {
	kind := logKinds[op.Kind]
	start := a.start(op).Format(logTime)
	name, err := dn.NewName("reqStart="+start+","+a.log.Pretty, s.Schema())
	if err != nil {
		return nil, err
	}
	r := &recorder{s: s.Schema(), e: entry.New(name)}
	r.text("objectClass", kind[0])
	r.text("structuralObjectClass", kind[0])
	r.text("reqStart", start)
	r.text("reqEnd", a.now().UTC().Format(logTime))
	word := kind[1]
	if op.Kind == plugin.KindExtended {
		word += "{" + op.Extended.OID + "}"
	}
	r.text("reqType", word)
	session := uint64(0)
	if op.Conn != nil {
		session = op.Conn.ID
	}
	r.text("reqSession", strconv.FormatUint(session, 10))
	r.text("reqAuthzID", op.Requestor.Pretty)
	r.add("reqControls", logControls(op.Controls)...)
	r.add("reqRespControls", logControls(op.ResponseControls)...)
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon, plugin.KindExtended:
	default:
		r.text("reqDN", op.Target.Pretty)
	}
	if op.Kind != plugin.KindUnbind && op.Kind != plugin.KindAbandon {
		if op.Result.Text != "" {
			r.text("reqMessage", op.Result.Text)
		}
		r.number("reqResult", int(op.Result.Code))
		r.text("reqReferral", op.Result.Referrals...)
	}
	a.request(r, op)
	subject := op.After
	if op.Kind == plugin.KindDelete || subject == nil {
		subject = op.Before
	}
	if op.Kind.Update() && subject != nil && op.Result.Code == wire.Success {
		r.add("reqEntryUUID", subject.Values("entryUUID")...)
	}
	return r.e, r.err
}

// request adds what is special to the kind of operation.
func (a *accessLog) request(r *recorder, op *plugin.Operation) {
	done := op.Result.Code == wire.Success
	switch op.Kind {
	case plugin.KindAbandon:
		r.number("reqId", int(op.Abandon.MsgID))
	case plugin.KindAdd:
		e := op.Add.Entry
		if done && op.After != nil {
			e = op.After
		}
		if e != nil {
			r.add("reqMod", logValues(e, ":+ ", nil)...)
		}
	case plugin.KindBind:
		r.number("reqVersion", op.Bind.Version)
		method := "SIMPLE"
		if op.Bind.Method == wire.AuthSASL {
			method = "SASL(" + op.Bind.Mechanism + ")"
		}
		r.text("reqMethod", method)
	case plugin.KindCompare:
		v := op.Compare.Value
		if d, err := r.s.Describe(op.Compare.Attr); err == nil {
			if key, err := d.Type.EqualityKey(v); err == nil {
				v = key
			}
		}
		r.add("reqAssertion", append([]byte(op.Compare.Attr+"="), v...))
	case plugin.KindDelete:
		if done && a.keepsOld(op.Before) {
			r.add("reqOld", logValues(op.Before, ": ", nil)...)
		}
	case plugin.KindModify:
		r.add("reqMod", logChanges(r.s, op.Modify.Changes)...)
		if done && a.keepsOld(op.Before) {
			r.add("reqOld", logValues(op.Before, ": ", func(at *entry.Attr) bool {
				for _, c := range op.Modify.Changes {
					if d, err := r.s.Describe(c.Type); err == nil && d.Type.Is(at.Type) {
						return true
					}
				}
				return a.always(at)
			})...)
		}
	case plugin.KindModDN:
		a.rename(r, op, done)
	case plugin.KindSearch:
		p := op.Search
		r.text("reqScope", [...]string{"base", "one", "sub", "subord"}[min(max(int(p.Scope), 0), 3)])
		r.text("reqDerefAliases", [...]string{"never", "searching", "finding", "always"}[min(max(int(p.Deref), 0), 3)])
		r.truth("reqAttrsOnly", p.TypesOnly)
		r.text("reqFilter", filterText(p.Filter))
		r.text("reqAttr", p.Attrs...)
		r.number("reqEntries", op.EntriesSent)
		r.number("reqTimeLimit", p.TimeLimit)
		r.number("reqSizeLimit", p.SizeLimit)
	case plugin.KindExtended:
		if op.Extended.HasValue {
			r.add("reqData", op.Extended.Value)
		}
	}
}

func (a *accessLog) rename(r *recorder, op *plugin.Operation, done bool) {
	if done && op.After != nil {
		for _, name := range renameMarks {
			for _, v := range op.After.Values(name) {
				r.add("reqMod", append([]byte(name+":= "), v...))
			}
		}
		if a.keepsOld(op.Before) {
			r.add("reqOld", logValues(op.Before, ": ", func(at *entry.Attr) bool {
				return a.always(at) || slices.Contains(renameMarks, at.Desc) || !stays(at, op.After)
			})...)
		}
	}
	r.text("reqNewRDN", op.ModDN.NewRDN)
	r.truth("reqDeleteOldRDN", op.ModDN.DeleteOldRDN)
	if up := op.ModDN.NewSuperior; up != nil {
		r.text("reqNewSuperior", up.Pretty)
	}
	if done && op.After != nil {
		r.text("reqNewDN", op.After.Name.Norm)
	}
}

// renameMarks are the attributes that each rename changes.
var renameMarks = []string{"entryCSN", "modifiersName", "modifyTimestamp"}

// stays tells whether all values of an attribute are there still.
func stays(at *entry.Attr, e *entry.Entry) bool {
	for i := range e.Attrs {
		if now := &e.Attrs[i]; now.Desc == at.Desc {
			return len(now.Values) >= len(at.Values) && slices.EqualFunc(at.Values, now.Values[:len(at.Values)], bytes.Equal)
		}
	}
	return false
}

// filterText is a filter with the schema's spelling of its attributes.
func filterText(f *filter.Node) string {
	spelled := f.Clone()
	respell(spelled, f)
	return spelled.String()
}

func respell(to, from *filter.Node) {
	if t := from.Desc.Type; t != nil && !t.Unknown {
		to.Attr = from.Desc.String()
	}
	for i, k := range from.Kids {
		respell(to.Kids[i], k)
	}
}

func (a *accessLog) keepsOld(e *entry.Entry) bool {
	if a.old == nil || e == nil {
		return false
	}
	t, err := a.old.Match(e, nil)
	return err == nil && t == filter.True
}

func (a *accessLog) always(at *entry.Attr) bool {
	for _, t := range a.oldAttrs {
		if t.Is(at.Type) {
			return true
		}
	}
	return false
}

// logValues are the values of an entry, each with its attribute before it.
func logValues(e *entry.Entry, mark string, only func(at *entry.Attr) bool) [][]byte {
	var list [][]byte
	for i := range e.Attrs {
		at := &e.Attrs[i]
		if only != nil && !only(at) {
			continue
		}
		for _, v := range at.Values {
			list = append(list, append([]byte(at.Desc+mark), v...))
		}
	}
	return list
}

var logMarks = map[wire.ModOp]string{wire.ModAdd: "+", wire.ModDelete: "-", wire.ModReplace: "=", wire.ModIncrement: "#"}

// logChanges are the changes of a modify. A ":" by itself parts two of the same
// kind and attribute that follow each other.
func logChanges(s *schema.Schema, changes []wire.Change) [][]byte {
	var list [][]byte
	before := ""
	for _, c := range changes {
		name := c.Type
		if d, err := s.Describe(c.Type); err == nil {
			name = d.String()
		}
		head := name + ":" + logMarks[c.Op]
		if head == before {
			list = append(list, []byte(":"))
		}
		before = head
		if len(c.Values) == 0 {
			list = append(list, []byte(head))
		}
		for _, v := range c.Values {
			list = append(list, append([]byte(head+" "), v...))
		}
	}
	return list
}

// logControls are controls in slapd's text form.
func logControls(list []wire.Control) [][]byte {
	var out [][]byte
	for i, c := range list {
		text := fmt.Sprintf("{%d}{%s", i, c.OID)
		if c.Critical {
			text += " criticality TRUE"
		}
		if c.HasValue {
			text += fmt.Sprintf(" controlValue \"%X\"", c.Value)
		}
		out = append(out, []byte(text+"}"))
	}
	return out
}
