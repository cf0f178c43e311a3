package overlay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// purgeBatch is how many records one transaction of a purge deletes.
const purgeBatch = 500

// Start implements Starter: it makes the log's root entry where there is none,
// and purges old records from time to time.
func (a *accessLog) Start(s plugin.Services) (stop func(), err error) {
	if a.log.Norm == "" {
		return func() {}, nil
	}
	if s.DatabaseFor(a.log.Norm) == "" {
		return nil, fmt.Errorf("accesslog: logdb: no database holds %s", a.log.Pretty)
	}
	if err := a.root(s); err != nil {
		return nil, fmt.Errorf("accesslog: %s: %w", a.log.Pretty, err)
	}
	if err := a.repair(s); err != nil {
		return nil, fmt.Errorf("accesslog: %s: %w", a.log.Pretty, err)
	}
	if a.age == 0 || a.interval == 0 {
		return func() {}, nil
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(a.interval)
		defer tick.Stop()
		for {
			if err := a.purge(s, quit); err != nil {
				a.env.Log.Error("accesslog: old records were not purged", "log", a.log.Pretty, "error", err)
			}
			select {
			case <-quit:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(quit); <-done }, nil
}

// contextOf are the context CSNs of a database, by server.
func contextOf(s plugin.Services, suffix dn.Name) map[string]string {
	out := map[string]string{}
	list, err := search(s, nil, suffix, wire.ScopeBase, present(), "contextCSN")
	if err == nil && len(list) > 0 {
		for _, v := range list[0].values(s.Schema().AttributeType("contextCSN")) {
			out[serverOf(string(v))] = string(v)
		}
	}
	return out
}

// repair makes database and log agree after a crash between the flushes of
// the two, and after changes of the database while the log was not there:
// records of changes that are not there go, and minCSN tells when the log has
// not all changes.
func (a *accessLog) repair(s plugin.Services) error {
	if a.env.Suffix.Norm == "" {
		return nil
	}
	have, logged := contextOf(s, a.env.Suffix), contextOf(s, a.log)
	behind, ahead := false, false
	for sid, csn := range have {
		behind = behind || logged[sid] < csn
		ahead = ahead || logged[sid] > csn
	}
	if behind {
		a.env.Log.Warn("accesslog: the log lacks changes of the database", "log", a.log.Pretty)
		return a.forget(s, nil, have)
	}
	if !ahead {
		return nil
	}
	latest := ""
	for _, csn := range have {
		latest = max(latest, csn)
	}
	t, err := time.Parse(logTime, latest[:min(len(latest), len(logTime))])
	if err != nil {
		return nil // of an old kind, without a fraction
	}
	from := t.Add(-time.Hour).Format(logTime) // an operation may wait long between its begin and its CSN
	f := &filter.Node{Kind: filter.And, Kids: []*filter.Node{
		{Kind: filter.GreaterOrEqual, Attr: "reqStart", Value: []byte(from)}, equal("reqResult", []byte("0")),
		{Kind: filter.Present, Attr: "reqEntryUUID"},
	}}
	list, werr := search(s, nil, a.log, wire.ScopeOne, f, "entryCSN")
	if werr != nil {
		return werr
	}
	for i := range list {
		for _, v := range list[i].values(s.Schema().AttributeType("entryCSN")) {
			if csn := have[serverOf(string(v))]; csn != "" && string(v) > csn {
				a.env.Log.Warn("accesslog: the record of a change that is not there goes", "record", list[i].name.Pretty)
				if res := a.remove(s, nil, list[i].name); res.Code != wire.Success {
					return &wire.Error{Result: res}
				}
			}
		}
	}
	return nil
}

func present() *filter.Node { return &filter.Node{Kind: filter.Present, Attr: "objectClass"} }

// root makes the log's root entry. Its minCSN tells from where on the log has
// all changes.
func (a *accessLog) root(s plugin.Services) error {
	there, err := search(s, nil, a.log, wire.ScopeBase, present(), "1.1")
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return nil
	}
	r := &recorder{s: s.Schema(), e: entry.New(a.log)}
	r.text("objectClass", "auditContainer")
	if rdn, _ := dn.SplitPretty(a.log.Pretty); rdn != "" {
		if avas, err := dn.ParseRDN(rdn); err == nil {
			for _, ava := range avas {
				r.add(ava.Type, ava.Value)
			}
		}
	}
	csn := ""
	var context []string
	for _, v := range contextOf(s, a.env.Suffix) {
		csn = max(csn, v)
		context = append(context, v)
	}
	if csn != "" {
		slices.Sort(context)
		r.text("entryCSN", csn)
		r.text("minCSN", context...)
	}
	if r.err != nil {
		return r.err
	}
	return a.store(s, nil, r.e, csn)
}

// purge deletes what is older than the age. Who follows the log is not told.
func (a *accessLog) purge(s plugin.Services, quit <-chan struct{}) error {
	limit := a.now().Add(-a.age).UTC().Format(logTime)
	f := &filter.Node{Kind: filter.LessOrEqual, Attr: "reqStart", Value: []byte(limit)}
	list, err := search(s, nil, a.log, wire.ScopeOne, f, "entryCSN")
	if err != nil || len(list) == 0 {
		return errorOf(err)
	}
	first := map[string]string{} // of each server, the CSN up to which the log is gone
	for len(list) > 0 {
		batch := list[:min(len(list), purgeBatch)]
		list = list[len(batch):]
		holder, err := s.BeginTxn(s.DatabaseFor(a.log.Norm), nil)
		if err != nil {
			return err
		}
		for i := range batch {
			if res := a.remove(s, holder, batch[i].name); res.Code != wire.Success && res.Code != wire.NoSuchObject {
				s.AbortTxn(holder)
				return &wire.Error{Result: res}
			}
			for _, v := range batch[i].values(s.Schema().AttributeType("entryCSN")) {
				if sid := serverOf(string(v)); first[sid] < string(v) {
					first[sid] = string(v)
				}
			}
		}
		if err := a.forget(s, holder, first); err != nil {
			s.AbortTxn(holder)
			return err
		}
		if err := s.CommitTxn(holder); err != nil {
			return err
		}
		select {
		case <-quit:
			return nil
		default:
		}
	}
	return nil
}

func (a *accessLog) remove(s plugin.Services, holder *plugin.Operation, name dn.Name) wire.Result {
	x := &plugin.Operation{Kind: plugin.KindDelete, Parent: holder, RawTarget: name.Pretty, Target: name, Local: true, Responder: &collector{s: s.Schema()}}
	s.Run(x)
	return x.Result
}

// forget raises minCSN of the root entry to what was purged.
func (a *accessLog) forget(s plugin.Services, holder *plugin.Operation, gone map[string]string) error {
	list, err := search(s, holder, a.log, wire.ScopeBase, present(), "minCSN")
	if err != nil || len(list) == 0 {
		return errorOf(err)
	}
	t := s.Schema().AttributeType("minCSN")
	now := map[string]string{}
	for _, v := range list[0].values(t) {
		now[serverOf(string(v))] = string(v)
	}
	for sid, csn := range gone {
		now[sid] = max(now[sid], csn)
	}
	c := wire.Change{Op: wire.ModReplace, Type: "minCSN"}
	for _, v := range now {
		c.Values = append(c.Values, []byte(v))
	}
	x := &plugin.Operation{Kind: plugin.KindModify, Parent: holder, RawTarget: a.log.Pretty, Target: a.log, Local: true,
		Responder: &collector{s: s.Schema()}, Modify: &plugin.ModifyPart{Changes: []wire.Change{c}}}
	if s.Run(x); x.Result.Code != wire.Success {
		return &wire.Error{Result: x.Result}
	}
	return nil
}

// serverOf is the server's number in a CSN.
func serverOf(csn string) string {
	if p := strings.Split(csn, "#"); len(p) == 4 {
		return p[2]
	}
	return ""
}

func errorOf(err *wire.Error) error {
	if err == nil {
		return nil
	}
	return err
}
